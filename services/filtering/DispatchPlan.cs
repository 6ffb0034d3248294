using MailMesh.Contracts;

namespace MailMesh.Filtering;

/// <summary>What is to happen to a judged message; a function of the message, its verdict, its recipients and the clock alone.</summary>
public sealed record DispatchPlan
{
    private static readonly Refusal NoSuchUser = new(550, "5.1.1", "No such user here");

    /// <summary>The waiting session refuses the message: nothing else happens.</summary>
    public Refusal? Refuse { get; private init; }

    /// <summary>Into these mailboxes, or their Junk.</summary>
    public IReadOnlyList<LocalRecipient> Deliver { get; private init; } = [];

    public bool Junk { get; private init; }

    public IReadOnlyList<RemoteRecipient> Relay { get; private init; } = [];

    /// <summary>The sender is told that these failed.</summary>
    public IReadOnlyList<FailedRecipient> Bounce { get; private init; } = [];

    /// <summary>These end here, since a rule says so.</summary>
    public IReadOnlyList<FailedRecipient> Discard { get; private init; } = [];

    /// <summary>For the session.</summary>
    public Disposition Disposition => Refuse is not null ? Disposition.Reject : Junk ? Disposition.Junk : Disposition.Accept;

    /// <summary>The session is told this refusal, and nothing else happens.</summary>
    public static DispatchPlan Refused(Refusal refusal) => new() { Refuse = refusal };

    public static DispatchPlan Of(MessageReceived message, Verdict verdict, RecipientRouting routing, DateTimeOffset now)
    {
        var waiting = message.VerdictTo is not null && now < message.VerdictBefore;
        var refusal = verdict.Refusal ?? (routing.IsNowhere ? NoSuchUser : null);
        if (refusal is not null && waiting)
            return new DispatchPlan { Refuse = refusal };
        if (verdict.Refusal is { Undeliverable: true } undeliverable)
            return Fail([.. message.Envelope.ForwardPaths.Select(path => new FailedRecipient(path, path, undeliverable))], message, mayTell: true);

        // Promise 2: whoever sent junk from outside, it was not the one whose name it bears.
        var mayTell = verdict.Disposition == Disposition.Accept || !IsFromOutside(message);
        var failed = routing.Unreachable.Select(path => new FailedRecipient(path, path, NoSuchUser)).ToList();
        if (verdict.Refusal is { } late)
            failed.AddRange(routing.Remote.Select(remote => new FailedRecipient(remote.Address, remote.ForwardPath, late)));
        return Fail(failed, message, mayTell) with
        {
            Deliver = routing.Local,
            Junk = verdict.Disposition != Disposition.Accept,
            Relay = verdict.Refusal is null ? routing.Remote : [],
        };
    }

    private static DispatchPlan Fail(IReadOnlyList<FailedRecipient> failed, MessageReceived message, bool mayTell) =>
        // RFC 5321 §4.5.5: the null reverse-path is told nothing.
        mayTell && message.Envelope.ReversePath.Length > 0 ? new DispatchPlan { Bounce = failed } : new DispatchPlan { Discard = failed };

    private static bool IsFromOutside(MessageReceived message) =>
        message.Connection.AuthenticatedAs is null && message.Connection.RemoteAddress.Length > 0;
}

/// <summary>A recipient who does not get the message, and the rule behind it.</summary>
/// <param name="ForwardPath">Before aliases.</param>
public sealed record FailedRecipient(string Address, string ForwardPath, Refusal Reason);
