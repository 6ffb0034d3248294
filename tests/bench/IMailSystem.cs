using MailMesh.Testing;

namespace MailMesh.Bench;

/// <summary>A system that takes mail by SMTP and shows it by IMAP.</summary>
internal interface IMailSystem : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Where it takes mail: connections are spread over all of them.</summary>
    IReadOnlyList<int> SmtpPorts { get; }

    /// <summary>Where it shows mail in clear: connections are spread over all of them.</summary>
    IReadOnlyList<int> ImapPorts { get; }

    /// <summary>Of every account.</summary>
    string Password { get; }

    /// <summary>Address of an account by its number.</summary>
    string Account(int number);

    /// <summary>A session of that account; the peer's is in clear always.</summary>
    Task<ImapWire> LoginAsync(int account, bool tls = true);

    /// <summary>CPU that all its processes have used so far.</summary>
    TimeSpan Cpu();

    /// <summary>The parts of a system of several programs, each with the CPU that it has used so far; empty where it is one.</summary>
    IReadOnlyDictionary<string, TimeSpan> CpuOfParts() => new Dictionary<string, TimeSpan>();

    /// <summary>Octets that its processes have allocated for objects so far; null where it has no such count.</summary>
    Task<long?> AllocatedBytesAsync() => Task.FromResult<long?>(null);

    /// <summary>Memory of all its processes, shared pages by their part (PSS).</summary>
    long MemoryBytes();
}
