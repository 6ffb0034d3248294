namespace MailMesh.Hosting;

/// <summary>The data folder, held by one process at a time.</summary>
/// <remarks>The hold is a lock of the operating system on a file, so that it ends with its process however that ends.</remarks>
public sealed class DataFolder : IDisposable
{
    private const int MostTries = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly FileStream _lock;

    private DataFolder(FileStream @lock) => _lock = @lock;

    /// <summary>Makes the folder where it is missing.</summary>
    /// <exception cref="DataFolderException">It cannot be made.</exception>
    public static void Create(string path)
    {
        try
        {
            // Mail, password hashes and the token are for the server's user alone.
            if (OperatingSystem.IsWindows())
                System.IO.Directory.CreateDirectory(path);
            else
                System.IO.Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"The data folder {path} cannot be made: {failure.Message} Choose another with --data DIR.", failure);
        }
    }

    /// <summary>Holds the folder until disposed.</summary>
    /// <exception cref="DataFolderException">Another process holds it, or it cannot be written to.</exception>
    public static DataFolder Hold(string path)
    {
        Create(path);
        var file = Path.Combine(path, "lock");
        try
        {
            return new DataFolder(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new DataFolderException($"The data folder {path} cannot be written to: {denied.Message} Run the server as the folder's owner, or choose another with --data DIR.", denied);
        }
        catch (IOException held) when (File.Exists(file))
        {
            throw new DataFolderException($"Another server runs on the data folder {path}. Stop it first, or give this one a folder of its own with --data DIR.", held);
        }
        catch (IOException failure)
        {
            throw new DataFolderException($"The data folder {path} cannot be written to: {failure.Message}", failure);
        }
    }

    /// <summary>Makes a file of the folder by one process at a time: who comes second finds what the first has made.</summary>
    /// <exception cref="DataFolderException">Another process makes it for longer than that can take.</exception>
    internal static void MakeOnce(string path, Func<bool> exists, Action make)
    {
        if (exists())
            return;
        using var turn = WaitForTurn(path);
        if (!exists())
            make();
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream WaitForTurn(string path)
    {
        Create(path);
        var file = Path.Combine(path, "making");
        for (var tries = 0; ; tries++)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (tries < MostTries)
            {
                Thread.Sleep(Pause); // at the start alone, and for as long as another process writes a small file
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new DataFolderException($"The data folder {path} cannot be written to: {failure.Message}", failure);
            }
        }
    }
}

/// <summary>The data folder cannot be used; stops the start.</summary>
public sealed class DataFolderException(string message, Exception inner) : Exception(message, inner);
