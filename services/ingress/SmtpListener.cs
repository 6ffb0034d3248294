namespace MailMesh.Ingress;

/// <summary>What one listener's sessions are for.</summary>
/// <param name="Name">As in the bus contract: smtp, submission, submissions, lmtp.</param>
/// <param name="IsSubmission">RFC 6409: users send from here, after AUTH; else it takes mail for our domains from anybody.</param>
internal sealed record SmtpListener(string Name, bool IsSubmission)
{
    /// <summary>Devices of listed networks may send to anybody from here, without authentication; LMTP takes mail for mailboxes alone.</summary>
    public bool TakesRelayClients => !IsLmtp;

    public static readonly SmtpListener Smtp = new("smtp", IsSubmission: false);

    public static readonly SmtpListener Submission = new("submission", IsSubmission: true);

    public static readonly SmtpListener Submissions = new("submissions", IsSubmission: true);

    public static readonly SmtpListener Lmtp = new("lmtp", IsSubmission: false) { IsLmtp = true };

    public static IReadOnlyList<SmtpListener> All { get; } = [Smtp, Submission, Submissions, Lmtp];

    /// <summary>RFC 2033: another server of ours hands over mail for our domains, trusted by its network, and hears of each recipient.</summary>
    public bool IsLmtp { get; init; }
}
