using System.Globalization;

namespace MailMesh.Testing;

/// <summary>Folders that the tests write in. tests/run names one and removes it at the end; alone, a process makes its own.</summary>
public static class Scratch
{
    private static readonly string? Given = Environment.GetEnvironmentVariable("MAILMESH_TEST_SCRATCH");

    private static int _count;

    /// <summary>The folder of this test process.</summary>
    public static string Root { get; } = MakeRoot();

    /// <summary>A new empty folder.</summary>
    public static string NewFolder(string purpose)
    {
        var folder = Path.Combine(Root, $"{purpose}-{Interlocked.Increment(ref _count)}");
        Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>Notes a process that tests/run must end if this one dies first.</summary>
    public static void NoteProcess(int id) => File.WriteAllText(Path.Combine(Root, $"{id}.pid"), "");

    public static void ForgetProcess(int id) => File.Delete(Path.Combine(Root, $"{id}.pid"));

    private static string MakeRoot()
    {
        var root = Path.Combine(Given ?? Path.GetTempPath(), $"mailmesh-tests-{Environment.ProcessId}");
        Directory.CreateDirectory(root);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => CleanUp(root);
        return root;
    }

    private static void CleanUp(string root)
    {
        foreach (var note in Directory.GetFiles(root, "*.pid"))
            Signal.Kill(int.Parse(Path.GetFileNameWithoutExtension(note), CultureInfo.InvariantCulture));
        if (Given is not null)
            return;
        try
        {
            Directory.Delete(root, recursive: true);
        }
        catch (IOException)
        {
            // A process that was killed this moment still wrote: the system's own cleaning of its temporary folder takes the rest.
        }
    }
}
