namespace MailMesh.AdminApi;

/// <summary>What a server is and holds.</summary>
/// <param name="Time">The server's clock.</param>
/// <param name="DataFolder">Its data folder, on its own machine.</param>
public sealed record ServerStatus(
    string Version,
    string Hostname,
    DateTimeOffset StartedAt,
    DateTimeOffset Time,
    string DataFolder,
    IReadOnlyList<ListenerView> Listeners,
    HeldMail Holds,
    CertificateView Certificate);

/// <summary>A listening port.</summary>
/// <param name="Address">address:port as bound.</param>
/// <param name="ImplicitTls">TLS from the first octet.</param>
public sealed record ListenerView(string Name, string Address, bool ImplicitTls);

/// <summary>How much of each there is.</summary>
/// <param name="Spool">Messages taken with 250 whose fate is not settled.</param>
/// <param name="Errors">Messages in error queues; null in standalone, and while the broker does not answer.</param>
public sealed record HeldMail(long Domains, long Accounts, long Aliases, long Routes, long Queue, long Spool, long? Errors = null);

/// <summary>The certificate of every TLS listener.</summary>
public sealed record CertificateView(string Subject, IReadOnlyList<string> Names, DateTimeOffset NotBefore, DateTimeOffset NotAfter, bool SelfSigned);

/// <summary>One thing that an administrator should know about, found by the server itself.</summary>
/// <param name="Result">ok, warn or fail.</param>
/// <param name="Evidence">What was seen.</param>
/// <param name="Advice">What to do; null when all is well.</param>
public sealed record Diagnosis(string Check, string Result, string Evidence, string? Advice = null)
{
    public const string Ok = "ok";
    public const string Warn = "warn";
    public const string Fail = "fail";
}
