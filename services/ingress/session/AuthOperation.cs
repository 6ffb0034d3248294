using MailMesh.Ingress.Grammar;
using MailMesh.Sasl;
using MailMesh.Wire;

namespace MailMesh.Ingress.Session;

/// <summary>RFC 4954: an exchange of SASL on the lines of SMTP. Credentials reach no log, trace or exception.</summary>
internal static class AuthOperation
{
    /// <summary>Longest delay after a failure: a client must see its answer before it gives up.</summary>
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);

    public static async ValueTask<Reply> RunAsync(SmtpSession session, AuthCommand auth, CancellationToken stopping)
    {
        var greeted = (SessionState.Greeted)session.State;
        if (!session.Listener.IsSubmission)
            return Replies.AuthNotOffered;
        if (!session.Connection.IsTls)
            return Replies.AuthNeedsTls;
        if (greeted.Account is not null)
            return Replies.AlreadyAuthenticated;
        if (session.Server.Sasl.Begin(auth.Mechanism, PeerOf(session)) is not { } exchange)
            return Replies.UnknownMechanism;
        var response = auth.InitialResponse is { } initial ? Decode(initial == "=" ? "" : initial) : await AskAsync(session, exchange.Prompt, stopping);
        return await RunAsync(session, greeted, exchange, response, stopping);
    }

    /// <summary>The client, as mechanisms see it.</summary>
    public static SaslPeer PeerOf(SmtpSession session)
    {
        var peer = SaslPeer.Of(session.Connection);
        return session.SpeaksForAnother ? peer.BehindProxy() : peer;
    }

    private static async Task<Reply> RunAsync(SmtpSession session, SessionState.Greeted greeted, SaslExchange exchange, Response response, CancellationToken stopping)
    {
        while (true)
        {
            if (response.Refusal is { } refusal)
                return refusal;
            var step = await NextAsync(session, exchange, response.Octets, stopping);
            if (step is not SaslStep.Challenge challenge)
                return await EndAsync(session, greeted, exchange, step, stopping);
            response = await AskAsync(session, challenge.Octets, stopping);
        }
    }

    /// <summary>The next step; null where the engines behind it do not answer.</summary>
    private static async Task<SaslStep?> NextAsync(SmtpSession session, SaslExchange exchange, byte[] response, CancellationToken stopping)
    {
        var server = session.Server;
        try
        {
            return await server.InTimeAsync(exchange.NextAsync(response, stopping));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            SessionLog.DirectoryFailed(server.Log, failure, "");
            return null;
        }
    }

    private static async ValueTask<Reply> EndAsync(SmtpSession session, SessionState.Greeted greeted, SaslExchange exchange, SaslStep? step, CancellationToken stopping)
    {
        switch (step)
        {
            case SaslStep.Accepted accepted:
                session.State = greeted with { Account = accepted.Account };
                SessionLog.Authenticated(session.Server.Log, accepted.Account.Address, session.Connection.Remote.Address, session.Listener.Name);
                return Replies.Authenticated;
            case SaslStep.Refused { Reason: SaslRefusal.Malformed }:
                return Replies.BadResponse;
            case SaslStep.Refused { Reason: SaslRefusal.Banned }:
                return Replies.Banned;
            case SaslStep.Refused { Reason: SaslRefusal.Credentials or SaslRefusal.Authorization }:
                return await FailAsync(session, stopping);
            default:
                return Replies.AuthUnavailable;
        }
    }

    private static async ValueTask<Response> AskAsync(SmtpSession session, ReadOnlyMemory<byte> challenge, CancellationToken stopping)
    {
        await session.SendAsync(Replies.Challenge(Convert.ToBase64String(challenge.Span)));
        var line = await session.Connection.ReadLineAsync(SmtpParser.MaxLineOctets, session.Server.Options.CommandTimeout, cancellationToken: stopping);
        return line.Status switch
        {
            LineStatus.TooLong => new Response(Replies.AuthLineTooLong),
            LineStatus.End => new Response(Reply.None),
            _ when line.Text == "*" => new Response(Replies.AuthCancelled),
            _ => Decode(line.Text),
        };
    }

    private static Response Decode(string base64)
    {
        try
        {
            return new Response(null, Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            return new Response(Replies.BadBase64);
        }
    }

    private static async Task<Reply> FailAsync(SmtpSession session, CancellationToken stopping)
    {
        var server = session.Server;
        var remote = session.Connection.Remote.Address;
        SessionLog.AuthFailed(server.Log, remote, session.Listener.Name);
        if (!server.Limits.IsExempt(remote))
        {
            var delay = server.Options.AuthFailureDelay * Math.Pow(2, session.AuthFailures);
            await Task.Delay(delay < MaxDelay ? delay : MaxDelay, server.Clock, stopping);
        }
        return ++session.AuthFailures >= server.Options.MaxAuthFailures ? Replies.TooManyAuthFailures : Replies.AuthFailed;
    }

    /// <summary>What a client answered, or why that is no answer. No record: its ToString would show a secret.</summary>
    private readonly struct Response(Reply? refusal, byte[]? octets = null)
    {
        public Reply? Refusal { get; } = refusal;

        public byte[] Octets { get; } = octets ?? [];
    }
}
