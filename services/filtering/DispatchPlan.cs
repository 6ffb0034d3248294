using MailMesh.Contracts;
using MailMesh.Dsn;

namespace MailMesh.Filtering;

/// <summary>What is to happen to a judged message; a function of the message, its verdict, its recipients and the clock alone.</summary>
public sealed record DispatchPlan
{
    private static readonly Refusal NoSuchUser = new(550, "5.1.1", "No such user here");

    /// <summary>RFC 2852 §4: by-mode R.</summary>
    private static readonly Refusal TooLate = new(554, "5.4.7", "The time for delivery (BY) is over", Undeliverable: true);

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

    /// <summary>The sender hears that these aliases were expanded (RFC 3461 §5.2.7.3).</summary>
    public IReadOnlyList<RecipientRequest> Expanded { get; private init; } = [];

    /// <summary>The sender may be told of success, by us and by servers behind us.</summary>
    public bool MayConfirm { get; private init; }

    /// <summary>For the session.</summary>
    public Disposition Disposition => Refuse is not null ? Disposition.Reject : Junk ? Disposition.Junk : Disposition.Accept;

    /// <summary>The session is told this refusal, and nothing else happens.</summary>
    public static DispatchPlan Refused(Refusal refusal) => new() { Refuse = refusal };

    /// <param name="isExempt">The client is of a network that the operator exempts from what is done to strangers.</param>
    public static DispatchPlan Of(MessageReceived message, Verdict verdict, RecipientRouting routing, DateTimeOffset now, bool isExempt = false)
    {
        var waiting = message.VerdictTo is not null && now < message.VerdictBefore;
        var judged = verdict.Refusal ?? (IsTooLate(message.Envelope, now) ? TooLate : null);
        var refusal = judged ?? (routing.IsNowhere ? NoSuchUser : null);
        if (refusal is not null && waiting)
            return new DispatchPlan { Refuse = refusal };
        var requests = new RecipientRequests(message.Envelope.Requests);
        if (judged is { Undeliverable: true } undeliverable)
            return Fail([.. message.Envelope.ForwardPaths.Select(path => Failed(path, requests, undeliverable))], message, mayTell: true);

        // Promise 2: whoever sent junk from outside, it was not the one whose name it bears.
        var mayTell = verdict.Disposition == Disposition.Accept || !IsFromOutside(message);
        var failed = routing.Unreachable.Select(path => Failed(path, requests, NoSuchUser)).ToList();
        if (judged is { } late)
            failed.AddRange(routing.Remote.Select(remote => Failed(remote, late)));
        var plan = Fail(failed, message, mayTell) with
        {
            Deliver = routing.Local,
            Junk = verdict.Disposition != Disposition.Accept,
            Relay = judged is null ? routing.Remote : [],
            Expanded = message.Envelope.ReversePath.Length > 0 ? routing.Expanded : [],
        };
        return IsKnownSender(message, verdict, isExempt) ? plan with { MayConfirm = true } : plan.Unconfirmed();
    }

    /// <summary>
    /// A confirmation to a forged sender is backscatter like any other (promise 2): a stranger's message is confirmed only where SPF says that
    /// its sender is who it says. RFC 3461 §8 leaves that to the site. What servers of our own network hand over, they answer for.
    /// </summary>
    private static bool IsKnownSender(MessageReceived message, Verdict verdict, bool isExempt)
    {
        if (!IsFromOutside(message) || message.Connection.IsRelayClient)
            return true;
        return verdict.Disposition == Disposition.Accept
            && (isExempt || message.Connection.Listener is "lmtp" or "pickup" || verdict.Checks.Any(check => check is { Check: SpfCheck.CheckName, Result: "pass" }));
    }

    private DispatchPlan Unconfirmed() => this with
    {
        Deliver = [.. Deliver.Select(local => local with { Notify = RecipientRequests.WithoutSuccess(local.Notify) })],
        Relay = [.. Relay.Select(remote => remote with { Notify = RecipientRequests.WithoutSuccess(remote.Notify) })],
        Expanded = [],
    };

    private static bool IsTooLate(Envelope envelope, DateTimeOffset now) => envelope.DeliverByMode is ['R', ..] && envelope.DeliverBy <= now;

    private static FailedRecipient Failed(string path, RecipientRequests requests, Refusal reason)
    {
        var request = requests.Of(path);
        return new FailedRecipient(path, path, reason) { Notify = request.Notify, OriginalRecipient = request.OriginalRecipient };
    }

    private static FailedRecipient Failed(RemoteRecipient remote, Refusal reason) =>
        new(remote.Address, remote.ForwardPath, reason) { Notify = remote.Notify, OriginalRecipient = remote.OriginalRecipient };

    private static DispatchPlan Fail(IReadOnlyList<FailedRecipient> failed, MessageReceived message, bool mayTell)
    {
        // RFC 5321 §4.5.5: the null reverse-path is told nothing. RFC 3461 §4.1: nor is a sender that did not ask for failures.
        mayTell &= message.Envelope.ReversePath.Length > 0;
        var told = failed.ToLookup(recipient => mayTell && NotifyConditions.Of(recipient.Notify).Failure);
        return new DispatchPlan { Bounce = [.. told[true]], Discard = [.. told[false]] };
    }

    private static bool IsFromOutside(MessageReceived message) =>
        message.Connection is { AuthenticatedAs: null, IsRelayClient: false, RemoteAddress.Length: > 0 };
}

/// <summary>A recipient who does not get the message, and the rule behind it.</summary>
/// <param name="ForwardPath">Before aliases.</param>
public sealed record FailedRecipient(string Address, string ForwardPath, Refusal Reason)
{
    /// <summary>RFC 3461 NOTIFY; null where the sender gave none.</summary>
    public string? Notify { get; init; }

    /// <summary>RFC 3461 ORCPT; null where the sender gave none.</summary>
    public string? OriginalRecipient { get; init; }
}
