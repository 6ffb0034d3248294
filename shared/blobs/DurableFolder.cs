using System.Runtime.InteropServices;

namespace MailMesh.Blobs;

/// <summary>Makes the names in a folder durable: a file's own fsync does not cover its name.</summary>
internal static class DurableFolder
{
    /// <summary>Makes the folder and its name in its parent durable where it is new.</summary>
    public static void Create(string path)
    {
        if (Directory.Exists(path))
            return;
        var parent = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!string.IsNullOrEmpty(parent))
            Create(parent);
        Directory.CreateDirectory(path);
        if (!string.IsNullOrEmpty(parent))
            Flush(parent);
    }

    /// <exception cref="IOException">The disk failed.</exception>
    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows())
            return; // NTFS journals names itself
        var descriptor = Open(path, 0);
        if (descriptor < 0)
            throw new IOException($"The folder cannot be opened to make its names durable (errno {Marshal.GetLastPInvokeError()}).");
        var failed = Fsync(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        if (failed)
            throw new IOException($"The folder's names cannot be made durable (errno {error}).");
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
