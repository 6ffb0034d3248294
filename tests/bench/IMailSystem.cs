using MailMesh.Testing;

namespace MailMesh.Bench;

/// <summary>A system that takes mail by SMTP and shows it by IMAP.</summary>
internal interface IMailSystem : IAsyncDisposable
{
    string Name { get; }

    int SmtpPort { get; }

    /// <summary>Address of an account by its number.</summary>
    string Account(int number);

    /// <summary>A session of that account.</summary>
    Task<ImapWire> LoginAsync(int account);

    /// <summary>CPU that all its processes have used so far.</summary>
    TimeSpan Cpu();

    /// <summary>Memory of all its processes, shared pages by their part (PSS).</summary>
    long MemoryBytes();
}
