using System.Net;
using MailMesh.Contracts;
using MailMesh.Ingress.Grammar;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Policy;

/// <summary>
/// The policy in one session: asked at connect, at each command, at HELO, MAIL and RCPT, and the keeper of what the checks found. What the DNS has to say is asked for as soon as it
/// can be and waited for at RCPT, so that the questions cost a client no time of their own and postmaster can be reached.
/// </summary>
internal sealed class ClientPolicy(SmtpSession session, ListenerPolicy policy) : IDisposable
{
    private static readonly Task<PolicyFinding?> Nothing = Task.FromResult<PolicyFinding?>(null);
    private static readonly Task<ReverseName?> Unasked = Task.FromResult<ReverseName?>(null);

    private Task<PolicyFinding?> _lists = Nothing;
    private Task<PolicyFinding?> _helo = Nothing;
    private Task<PolicyFinding?> _spf = Nothing;
    private Task<ReverseName?> _reverse = Unasked;
    private PolicyFinding? _early;
    private IDisposable? _place;
    private CancellationToken _stopping;
    private bool _hasBegun;
    private bool _isExempt;
    private bool _isAllowed;
    private bool _isRelayClient;
    private int _unknownRecipients;

    /// <summary>The client's name by DNS, confirmed forwards and backwards; null where it has none, or none is known (yet).</summary>
    public string? RemoteName => session.Client.Name is { } told ? told.Text : _reverse.IsCompletedSuccessfully ? _reverse.Result?.Name : null;

    private PolicyOptions Options => policy.Options;

    private IPAddress Client => MessageStory.AddressOf(session);

    /// <summary>Nobody has answered for the client: rules for strangers hold.</summary>
    private bool IsStranger => !_isExempt && !_isAllowed && !_isRelayClient && !IsKnown;

    /// <summary>No rate and no check holds: a listed device has a quota of its own, until somebody authenticates from it.</summary>
    private bool IsFree => _isExempt || (_isRelayClient && !IsKnown);

    private bool IsKnown => (session.Greeted is { } greeted ? greeted.Account : session.Client.Account) is not null;

    /// <summary>At connect, and again when XCLIENT has named another client: the reply that turns it away, or null when it may be greeted.</summary>
    public async Task<Reply?> ConnectAsync(CancellationToken stopping)
    {
        Begin(stopping);
        _isRelayClient = await RelayPermit.IsClientAsync(session);
        if (Admit() is var (check, refusal))
            return Refused(check, refusal);
        if (IsStranger)
        {
            Ask();
            await DelayAsync("greeting", Options.GreetDelay);
            stopping.ThrowIfCancellationRequested();
        }
        // RFC 5321 §4.3.1: the client waits for the greeting. One that does not is a worm or is being used by one.
        return session.Connection.HasBufferedInput() ? Refused("early talker", Replies.SpokeTooEarly) : null;
    }

    /// <summary>XCLIENT has said more of the same client, its name perhaps.</summary>
    public void ToldMore()
    {
        if (IsStranger && session.Client.Name is not null)
            AskName();
    }

    /// <summary>Before any command is run.</summary>
    public Reply? Command(SmtpCommand command)
    {
        if (!IsStranger || Options.EarlyCommands == RuleMode.Off)
            return null;
        var isExtended = session.Greeted?.Hello.Extended == true;
        if (EarlyCommands.Check(Options.EarlyCommands, command.Verb, isExtended, session.Connection.HasBufferedLine()) is not { } finding)
            return null;
        _early = finding;
        return Refused("pipelining", finding.Refusal);
    }

    public Reply? Hello(HelloCommand hello)
    {
        _helo = Nothing;
        if (!IsStranger)
            return null;
        var finding = policy.Helo.Check(hello.Domain, session.Connection.Local.Address);
        _helo = finding is null ? policy.Helo.ResolveAsync(hello.Domain) : Task.FromResult<PolicyFinding?>(finding);
        return Refused("helo", finding?.Refusal);
    }

    public async Task<Reply?> MailAsync(SessionState.Greeted greeted, MailCommand mail)
    {
        _spf = Nothing;
        if (!IsFree && policy.Rates.Message(Client, greeted.Account?.Address) is { } tooFast)
            return Refused("rate", tooFast);
        if (IsFree || IsKnown || Options.Spf == RuleMode.Off)
            return null;
        _spf = policy.Spf.CheckAsync(Client, greeted.Hello.Domain, mail.ReversePath);
        return Options.Spf == RuleMode.Reject ? Refused("spf", (await _spf)?.Refusal) : null;
    }

    /// <summary>Before a recipient that the directory knows is taken.</summary>
    public async Task<Reply?> RcptAsync(SessionState.Greeted greeted, string forwardPath)
    {
        var refusal = await StrangerRefusalAsync();
        // RFC 5321 §4.5.1: who is on a list must be able to write to postmaster about it.
        if (refusal is not null && !IsPostmaster(forwardPath))
            return refusal;
        return IsFree ? null : Refused("rate", policy.Rates.Recipient(Client, greeted.Account?.Address, forwardPath[(forwardPath.LastIndexOf('@') + 1)..]));
    }

    /// <summary>A recipient is nobody here: what the client hears, and when.</summary>
    public async Task<Reply> UnknownRecipientAsync(Reply refusal)
    {
        if (IsFree || IsKnown)
            return refusal;
        var delay = policy.Tarpit.DelayOf(Client, ++_unknownRecipients);
        if (Options.MaxUnknownRecipients > 0 && _unknownRecipients >= Options.MaxUnknownRecipients)
            return Refused("unknown recipients", Replies.TooManyUnknownRecipients)!;
        if (!_isAllowed)
            await DelayAsync("tarpit", delay);
        return refusal;
    }

    /// <summary>What the checks have found so far; of users nothing.</summary>
    public IReadOnlyList<CheckResult> Evidence()
    {
        if (IsFree || IsKnown)
            return [];
        PolicyFinding?[] findings = [Found(_reverse)?.Finding, Found(_helo), _early, Found(_lists), Found(_spf)];
        return [.. findings.SelectMany(finding => finding?.Evidence ?? [])];
    }

    public void Dispose() => Leave();

    private static T? Found<T>(Task<T?> check)
        where T : class => check.IsCompletedSuccessfully ? check.Result : null;

    private static bool IsPostmaster(string forwardPath) =>
        forwardPath.Equals("postmaster", StringComparison.OrdinalIgnoreCase) || forwardPath.StartsWith("postmaster@", StringComparison.OrdinalIgnoreCase);

    private void Begin(CancellationToken stopping)
    {
        Leave();
        (_lists, _helo, _spf, _reverse, _early) = (Nothing, Nothing, Nothing, Unasked, null);
        _stopping = stopping;
        // A proxy that will say by XCLIENT whom it speaks for brings many a client, each of whom is asked in its turn.
        _isExempt = session.Server.Limits.IsExempt(Client) || (session.MayXclient && !_hasBegun);
        _hasBegun = true;
        _isAllowed = Options.AllowNetworks.Contains(Client);
    }

    private (string Check, Reply Refusal)? Admit()
    {
        if (!_isAllowed && Options.DenyNetworks.Contains(Client))
            return ("deny", Replies.Denied(Options.DenyText));
        if (_isExempt || _isRelayClient)
            return null;
        if (!policy.Connections.TryEnter(Client))
            return ("rate", Replies.ConnectingTooFast);
        _place = policy.Networks.TryEnter(Client);
        return _place is null ? ("connections", Replies.TooManyFromNetwork) : null;
    }

    private void Ask()
    {
        if (Options.DnsLists.Count > 0)
            _lists = policy.Lists.CheckAsync(Client);
        AskName();
    }

    private void AskName()
    {
        if (Options.AsksReverse)
            _reverse = session.Client.Name is { } told ? Task.FromResult<ReverseName?>(policy.Reverse.Told(Client, told)) : policy.Reverse.CheckAsync(Client);
    }

    /// <summary>Everything that was asked of the DNS has come, or its time is over.</summary>
    private async Task<Reply?> StrangerRefusalAsync()
    {
        await _spf;
        var (lists, reverse, helo) = (await _lists, await _reverse, await _helo);
        if (!IsStranger)
            return null;
        return Refused("dnslist", lists?.Refusal) ?? Refused("iprev", reverse?.Finding.Refusal) ?? Refused("helo", helo?.Refusal);
    }

    private async Task DelayAsync(string reason, TimeSpan delay)
    {
        if (delay == TimeSpan.Zero)
            return;
        IngressMetrics.Delayed(reason, delay);
        // What waits must not hold buffers meanwhile.
        session.Connection.ReleaseInput();
        await session.Connection.FlushAsync(session.Server.Options.ReplyTimeout, CancellationToken.None); // a drain cuts off no reply
        // A drain ends the delay, and not the transaction that it is in.
        await Task.Delay(delay, session.Server.Clock, _stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private Reply? Refused(string check, Reply? refusal)
    {
        if (refusal is not null)
            IngressMetrics.PolicyRefused(check, session.Listener);
        return refusal;
    }

    private void Leave()
    {
        _place?.Dispose();
        _place = null;
    }
}
