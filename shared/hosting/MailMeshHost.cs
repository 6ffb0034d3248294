using Microsoft.Extensions.Hosting;

namespace MailMesh.Hosting;

/// <summary>Runs a composed process until SIGTERM, and says when it is ready.</summary>
public static class MailMeshHost
{
    /// <summary>Exit code of a start that a wrong setting stopped (sysexits: EX_CONFIG).</summary>
    private const int WrongConfiguration = 78;

    /// <param name="service">Name of the process in traces and logs.</param>
    /// <param name="args">Command line.</param>
    /// <param name="compose">Adds the services.</param>
    public static async Task<int> RunAsync(string service, string[] args, Action<MailMeshBuilder> compose)
    {
        try
        {
            var builder = new MailMeshBuilder(service, args);
            compose(builder);
            await using var app = builder.Build();
            await app.StartAsync();
            Console.WriteLine("MailMesh is ready");
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (SettingException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return WrongConfiguration;
        }
    }
}
