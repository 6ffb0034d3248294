using System.Diagnostics;
using MailMesh.Accounts;
using MailMesh.Contracts;
using MailMesh.Hosting;
using MailMesh.Ingress.Grammar;

namespace MailMesh.Ingress.Session;

/// <summary>One mail transaction (RFC 5321 §3.3), with a trace of its own: promise 3, one message, one trace.</summary>
internal sealed class Transaction : IDisposable
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<string> _forwardPaths = [];
    private readonly List<RecipientRequest> _requests = [];
    private List<string>? _accepted;
    private Dictionary<string, AddressResolution.LocalAccount>? _limited;
    private Dictionary<string, Reply>? _refused;

    public Transaction(MailCommand mail)
    {
        Mail = mail;
        GivenReversePath = mail.ReversePath;
        Activity = Telemetry.StartTrace("smtp.message", ActivityKind.Server);
        MessageId = (Activity?.TraceId ?? Telemetry.NewTraceId()).ToHexString();
        Activity?.SetTag("message.id", MessageId);
    }

    public MailCommand Mail { get; }

    /// <summary>RFC 6710: as granted.</summary>
    public int Priority { get; init; }

    /// <summary>RFC 2852: the moment of BY, counted from MAIL.</summary>
    public DateTimeOffset? DeliverBy { get; init; }

    /// <summary>The span of the transaction; null when nothing listens.</summary>
    public Activity? Activity { get; }

    /// <summary>Why a client without authentication may send to anybody; null where it may not, or is authenticated.</summary>
    public RelayPermit? Permit { get; init; }

    /// <summary>The reverse-path as the client gave it.</summary>
    public string GivenReversePath { get; init; }

    /// <summary>The trace id: the message's id everywhere.</summary>
    public string MessageId { get; }

    /// <summary>RFC 4865: when the message is to go its way; null for at once.</summary>
    public DateTimeOffset? ReleaseAt { get; set; }

    public IReadOnlyList<string> ForwardPaths => _forwardPaths;

    /// <summary>The accounts of all recipients, where every one is an account with a quota; else none.</summary>
    public IReadOnlyCollection<AddressResolution.LocalAccount> Limited =>
        _limited is not null && _forwardPaths.TrueForAll(_limited.ContainsKey) ? _limited.Values : [];

    /// <summary>The forward-paths that are of an account with a quota.</summary>
    public IReadOnlyList<(string ForwardPath, AddressResolution.LocalAccount Account)> LimitedPaths =>
        _limited is null ? [] : [.. from path in _forwardPaths where _limited.ContainsKey(path) select (path, _limited[path])];

    /// <summary>A forward-path for each RCPT that was accepted, in their order.</summary>
    public IReadOnlyList<string> Accepted => _accepted ?? _forwardPaths;

    public Envelope Envelope => new()
    {
        ReversePath = Mail.ReversePath,
        ForwardPaths = _forwardPaths,
        Smtputf8 = Mail.Smtputf8,
        EightBitMime = Mail.EightBitMime,
        BinaryMime = Mail.BinaryMime,
        DsnReturn = Mail.DsnReturn,
        EnvelopeId = Mail.EnvelopeId,
        Requests = _requests,
        Priority = Priority,
        RequireTls = Mail.RequireTls,
        DeliverBy = DeliverBy,
        DeliverByMode = Mail.DeliverBy?.Mode,
    };

    /// <summary>True when the forward-path is one of the transaction's already.</summary>
    public bool Contains(string forwardPath) => _seen.Contains(KeyOf(forwardPath));

    public void Add(RcptCommand rcpt)
    {
        if (!_seen.Add(KeyOf(rcpt.ForwardPath)))
            return;
        _forwardPaths.Add(rcpt.ForwardPath);
        _accepted?.Add(rcpt.ForwardPath);
        if (rcpt.HasParameters)
            _requests.Add(new RecipientRequest { ForwardPath = rcpt.ForwardPath, Notify = rcpt.Notify, OriginalRecipient = rcpt.OriginalRecipient });
    }

    /// <summary>The path, if it is accepted, is of an account with a quota.</summary>
    public void Limit(string forwardPath, AddressResolution.LocalAccount account) => (_limited ??= [])[forwardPath] = account;

    /// <summary>A path of the transaction was accepted again.</summary>
    public void Repeat(string forwardPath) => (_accepted ??= [.. _forwardPaths]).Add(forwardPath);

    /// <summary>RFC 2033 §4.2: the message is here, and one of its forward-paths cannot have it.</summary>
    public void Refuse(string forwardPath, Reply reply)
    {
        _accepted ??= [.. _forwardPaths];
        (_refused ??= [])[KeyOf(forwardPath)] = reply;
        _forwardPaths.Remove(forwardPath);
        _requests.RemoveAll(request => request.ForwardPath == forwardPath);
    }

    /// <summary>RFC 2033 §4.2: the message's reply, for each accepted RCPT; that of its path alone where there is one.</summary>
    public IReadOnlyList<RecipientReply> RepliesTo(Reply message) =>
        [.. Accepted.Select(path => new RecipientReply(path, _refused?.GetValueOrDefault(KeyOf(path)) ?? message))];

    public void Dispose()
    {
        Permit?.TakeBack();
        Activity?.SetTag("smtp.recipients", _forwardPaths.Count);
        Activity?.Dispose();
    }

    /// <summary>RFC 5321 §2.4: the domain's case means nothing, the local-part's is its owner's business.</summary>
    private static string KeyOf(string path)
    {
        var at = path.LastIndexOf('@');
        return at < 0 ? path.ToLowerInvariant() : string.Concat(path.AsSpan(0, at), path[at..].ToLowerInvariant());
    }
}
