namespace MailMesh.Relay.Client;

internal enum ResultKind
{
    /// <summary>The server has taken the message for this recipient.</summary>
    Delivered,

    /// <summary>Not now.</summary>
    Deferred,

    /// <summary>Never.</summary>
    Failed,

    /// <summary>RFC 5321 §4.5.3.1.10: the server takes no more recipients in this transaction; to be sent in the next.</summary>
    NextTransaction,
}

/// <summary>What an attempt came to for one recipient.</summary>
/// <param name="Kind">Whether to try again.</param>
/// <param name="Status">RFC 3463 code.</param>
/// <param name="Text">The server's reply, or our finding in words.</param>
/// <param name="ByServer">True: <paramref name="Text"/> is the server's reply.</param>
internal sealed record RecipientResult(ResultKind Kind, string Status, string Text, bool ByServer)
{
    /// <summary>The fault is ours, not of the destination.</summary>
    public bool IsOurs { get; private init; }

    public static RecipientResult Of(SmtpReply reply) =>
        new(reply.IsPositive ? ResultKind.Delivered : reply.IsPermanent ? ResultKind.Failed : ResultKind.Deferred, reply.Status, reply.ToString(), ByServer: true);

    public static RecipientResult Finding(ResultKind kind, string status, string text) => new(kind, status, text, ByServer: false);

    /// <summary>An engine of ours is away: no server has said anything, and it is tried again sooner.</summary>
    public static RecipientResult OurFault(string text) => Finding(ResultKind.Deferred, "4.3.0", text) with { IsOurs = true };

    public static RecipientResult Of(SmtpFaultException fault) =>
        new(fault.IsPermanent ? ResultKind.Failed : ResultKind.Deferred, fault.Status, fault.Message, ByServer: fault.Reply is not null);
}
