using System.Text;

namespace MailMesh.Hosting;

/// <summary>Files that only their owner may read.</summary>
public static class SecretFile
{
    /// <summary>Writes a file whole or not at all: whoever reads meanwhile has what was there before.</summary>
    public static void Write(string path, string text)
    {
        var aside = $"{path}.{Environment.ProcessId}";
        WriteAside(aside, text);
        File.Move(aside, path, overwrite: true);
    }

    /// <summary>Takes the text of a file, or makes it where it is missing. Of processes that share the folder, one makes it.</summary>
    /// <exception cref="DataFolderException">The folder cannot be written to.</exception>
    public static string ReadOrMake(string path, Func<string> make)
    {
        DataFolder.MakeOnce(Path.GetDirectoryName(path)!, () => File.Exists(path) && new FileInfo(path).Length > 0, () => Write(path, make()));
        return File.ReadAllText(path);
    }

    private static void WriteAside(string path, string text)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(text));
        file.Flush(flushToDisk: true);
    }
}
