using System.Diagnostics;

namespace MailMesh.Integration.Tests.Deploy;

/// <summary>A test that needs helm, on the path or where MAILMESH_TEST_HELM says; skipped where there is none, which tests/run counts as failed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HelmFactAttribute : FactAttribute
{
    public HelmFactAttribute() => Skip = Runs() ? null : $"'{Program}' cannot be run: put helm on the path, or set MAILMESH_TEST_HELM; tests/run does.";

    public static string Program => Environment.GetEnvironmentVariable("MAILMESH_TEST_HELM") is { Length: > 0 } path ? path : "helm";

    private static bool Runs()
    {
        try
        {
            using var helm = Process.Start(new ProcessStartInfo(Program, "version") { RedirectStandardOutput = true, RedirectStandardError = true });
            return helm is not null && helm.WaitForExit(TimeSpan.FromSeconds(30)) && helm.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
