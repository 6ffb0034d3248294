using System.Buffers;
using System.Net.Security;
using System.Text;

namespace MailMesh.Relay.Client;

/// <summary>A client's session with one server (RFC 5321): opened, then a transaction after the other, then quit.</summary>
internal sealed class SmtpSession : IAsyncDisposable
{
    private const int BlockBytes = 64 * 1024;

    private readonly SmtpChannel _channel;
    private readonly SmtpSessionSettings _settings;
    private bool _needsReset;

    private SmtpSession(SmtpChannel channel, SmtpSessionSettings settings)
    {
        _channel = channel;
        _settings = settings;
    }

    public SmtpCapabilities Capabilities { get; private set; } = SmtpCapabilities.None;

    /// <summary>Protocol and cipher; null in clear.</summary>
    public string? Tls => _channel.Tls;

    public string Host => _settings.Host;

    /// <summary>The session is under TLS, and the certificate is valid for the host, whether or not the settings want that.</summary>
    public bool IsVerified { get; private set; }

    /// <summary>RFC 9422: the server has said that it takes no further transaction.</summary>
    public bool IsExhausted => Transactions >= Capabilities.MaxTransactions;

    /// <summary>Transactions so far.</summary>
    public int Transactions { get; private set; }

    private SmtpTimeouts Timeouts => _settings.Timeouts;

    /// <summary>Greeting, EHLO, TLS and AUTH as the settings want them.</summary>
    /// <param name="transport">The connected transport; disposed with the session, and when opening fails.</param>
    /// <exception cref="SmtpFaultException">The server refused, does not do what the settings want, or is gone.</exception>
    public static async Task<SmtpSession> OpenAsync(Stream transport, SmtpSessionSettings settings, CancellationToken abort = default)
    {
        var session = new SmtpSession(new SmtpChannel(transport, settings.Clock, abort), settings);
        try
        {
            await session.OpenAsync();
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends one message; gives a result for each recipient, in their order.</summary>
    /// <exception cref="SmtpFaultException">The connection is of no more use, and nobody has the message for certain.</exception>
    /// <exception cref="IOException">The body cannot be read; the session must not be used again.</exception>
    public async Task<IReadOnlyList<RecipientResult>> SendAsync(SmtpTransaction transaction, CancellationToken cancellationToken = default)
    {
        if ((Unfit(transaction.DeliverBy, transaction.RequireTls) ?? Unacceptable(transaction)) is { } finding)
            return [.. transaction.Recipients.Select(_ => finding)];
        await using var body = await transaction.OpenBody(cancellationToken);
        await ResetAsync();
        Transactions++;
        _needsReset = true;
        var results = new RecipientResult?[transaction.Recipients.Count];
        var go = Capabilities.Pipelining ? await EnvelopePipelinedAsync(transaction, results) : await EnvelopeInStepAsync(transaction, results);
        if (go is not { Code: 354 })
            return Refused(results, go);
        if (Array.TrueForAll(results, r => r is not null))
            await CancelDataAsync();
        else
            Fill(results, RecipientResult.Of(await ContentAsync(transaction, body, cancellationToken)));
        return results!;
    }

    /// <summary>What the message asks of every server on its way, and this one does not promise; null where it may go here.</summary>
    public RecipientResult? Unfit(DeliverBy? deliverBy, bool requireTls)
    {
        if (requireTls && !(IsVerified && Capabilities.RequireTls))
            return WithoutRequiredTls();
        if (deliverBy is not { Returns: true })
            return null;
        // RFC 2852 §4.1: nobody behind this server would call the message back.
        if (!Capabilities.DeliverBy)
            return RecipientResult.Finding(ResultKind.Failed, "5.3.3", $"The message is to come back if it is late (BY, mode R), and {Host} does not offer DELIVERBY");
        var left = deliverBy.SecondsLeft(_settings.Clock);
        return left > 0 && left >= (Capabilities.MinDeliverBySeconds ?? 0)
            ? null
            : RecipientResult.Finding(ResultKind.Failed, "5.4.7", $"{left} s are left for delivery (BY), less than {Host} takes");
    }

    /// <summary>Takes leave of the server; failures do not matter.</summary>
    public async Task QuitAsync()
    {
        try
        {
            _channel.Write("QUIT\r\n");
            await _channel.FlushAsync(SmtpStage.Mail, Timeouts.Quit);
            await _channel.ReadReplyAsync(SmtpStage.Mail, Timeouts.Quit);
        }
        catch (SmtpFaultException)
        {
            // RFC 5321 §4.1.1.10 wants QUIT sent; the server may have gone before us.
        }
    }

    public ValueTask DisposeAsync() => _channel.DisposeAsync();

    private async Task OpenAsync()
    {
        if (_settings.Tls == TlsUse.Implicit)
            await _channel.StartTlsAsync(TlsOptions(), Timeouts.Handshake);
        var greeting = await _channel.ReadReplyAsync(SmtpStage.Greeting, Timeouts.Command);
        if (greeting.Code != 220)
            throw SmtpFaultException.Refused(SmtpStage.Greeting, greeting);
        await HelloAsync();
        if (_settings.Tls is TlsUse.Opportunistic or TlsUse.Verified)
            await StartTlsAsync();
        if (_settings.Credentials is { } credentials)
            await AuthenticateAsync(credentials);
    }

    private async Task HelloAsync()
    {
        var reply = await CommandAsync(SmtpStage.Hello, $"EHLO {_settings.HeloName}\r\n", Timeouts.Command);
        if (reply.IsPositive)
        {
            Capabilities = SmtpCapabilities.Parse(reply);
            return;
        }
        // RFC 5321 §3.2: a server that does not know EHLO gets HELO.
        if (reply.IsPermanent)
            reply = await CommandAsync(SmtpStage.Hello, $"HELO {_settings.HeloName}\r\n", Timeouts.Command);
        if (!reply.IsPositive)
            throw SmtpFaultException.Refused(SmtpStage.Hello, reply);
        Capabilities = SmtpCapabilities.None;
    }

    private async Task StartTlsAsync()
    {
        var verified = _settings.Tls == TlsUse.Verified;
        if (!Capabilities.StartTls && verified)
            throw new SmtpFaultException(SmtpStage.StartTls, "4.7.4", "The server does not offer STARTTLS, which its route requires");
        if (!Capabilities.StartTls)
            return;
        var reply = await CommandAsync(SmtpStage.StartTls, "STARTTLS\r\n", Timeouts.Command);
        if (reply.Code == 220)
        {
            await _channel.StartTlsAsync(TlsOptions(), Timeouts.Handshake);
            await HelloAsync(); // RFC 3207 §4.2: what was learned in clear is forgotten
        }
        else if (verified)
        {
            throw new SmtpFaultException(SmtpStage.StartTls, "4.7.5", $"The server refused STARTTLS: {reply}");
        }
    }

    private SslClientAuthenticationOptions TlsOptions()
    {
        var verify = _settings.Tls is TlsUse.Verified or TlsUse.Implicit;
        return new SslClientAuthenticationOptions
        {
            TargetHost = _settings.Host,
            CertificateChainPolicy = _settings.Trust,
            RemoteCertificateValidationCallback = (_, _, _, errors) => (IsVerified = errors == SslPolicyErrors.None) || !verify,
        };
    }

    private async Task AuthenticateAsync(SmtpCredentials credentials)
    {
        if (_channel.Tls is null && !_settings.Loopback)
            throw new SmtpFaultException(SmtpStage.Auth, "4.7.11", "Credentials go out only under TLS");
        SmtpReply reply;
        if (Capabilities.AuthMechanisms.Contains("PLAIN"))
            reply = await CommandAsync(SmtpStage.Auth, $"AUTH PLAIN {Base64($"\0{credentials.Username}\0{credentials.Password}")}\r\n", Timeouts.Command);
        else if (Capabilities.AuthMechanisms.Contains("LOGIN"))
            reply = await LoginAsync(credentials);
        else
            throw new SmtpFaultException(SmtpStage.Auth, "4.7.0", "The server offers neither AUTH PLAIN nor AUTH LOGIN");
        // A wrong password is the operator's to mend: the mail waits meanwhile.
        if (!reply.IsPositive)
            throw new SmtpFaultException(SmtpStage.Auth, "4.7.8", $"The server refused our credentials: {reply}");
    }

    private async Task<SmtpReply> LoginAsync(SmtpCredentials credentials)
    {
        var reply = await CommandAsync(SmtpStage.Auth, "AUTH LOGIN\r\n", Timeouts.Command);
        if (reply.Code == 334)
            reply = await CommandAsync(SmtpStage.Auth, $"{Base64(credentials.Username)}\r\n", Timeouts.Command);
        if (reply.Code == 334)
            reply = await CommandAsync(SmtpStage.Auth, $"{Base64(credentials.Password)}\r\n", Timeouts.Command);
        return reply;
    }

    /// <summary>What need not be asked: the server has told in advance that it will not take this message.</summary>
    private RecipientResult? Unacceptable(SmtpTransaction transaction)
    {
        // RFC 1870 §6.2
        if (Capabilities.MaxMessageBytes is { } limit && transaction.SizeBytes > limit)
            return RecipientResult.Finding(ResultKind.Failed, "5.3.4", $"The message has {transaction.SizeBytes} octets; {Host} takes {limit}");
        // RFC 6531 §3.5
        if (transaction.Smtputf8 && !Capabilities.Smtputf8)
            return RecipientResult.Finding(ResultKind.Failed, "5.6.7", $"{Host} does not take internationalised mail (SMTPUTF8)");
        return SmtpAddress.IsSafe(transaction.ReversePath)
            ? null
            : RecipientResult.Finding(ResultKind.Failed, "5.1.7", "The sender's address has characters that no command can carry");
    }

    /// <summary>RFC 8689 §4.2.1; only a handshake that broke may go better another time.</summary>
    private RecipientResult WithoutRequiredTls()
    {
        if (Tls is null && Capabilities.StartTls)
            return RecipientResult.Finding(ResultKind.Deferred, "4.7.5", $"The message needs TLS (REQUIRETLS), and the handshake with {Host} failed");
        var why = Tls is null ? "offers no TLS" : !IsVerified ? "has no certificate that is valid for its name" : "does not offer REQUIRETLS";
        return RecipientResult.Finding(ResultKind.Failed, "5.7.30", $"The message must go over TLS alone (REQUIRETLS), and {Host} {why}");
    }

    private async Task ResetAsync()
    {
        if (!_needsReset)
            return;
        var reply = await CommandAsync(SmtpStage.Mail, "RSET\r\n", Timeouts.Command);
        if (!reply.IsPositive)
            throw new SmtpFaultException(SmtpStage.Mail, "4.5.0", $"The server refused RSET: {reply}"); // says nothing about the message
        _needsReset = false;
    }

    /// <summary>RFC 2920 §3.1: MAIL, RCPTs and DATA in one write; gives the reply of DATA, or null where MAIL was refused and DATA with it.</summary>
    private async Task<SmtpReply?> EnvelopePipelinedAsync(SmtpTransaction transaction, RecipientResult?[] results)
    {
        var commands = new EnvelopeCommands(transaction, Capabilities, _settings.Clock);
        _channel.Write(commands.Mail());
        for (var i = 0; i < results.Length; i++)
        {
            if (Rcpt(commands, transaction, results, i) is { } command)
                _channel.Write(command);
        }
        _channel.Write("DATA\r\n");
        await _channel.FlushAsync(SmtpStage.Mail, Timeouts.Command);
        var mail = Open(SmtpStage.Mail, await _channel.ReadReplyAsync(SmtpStage.Mail, Timeouts.Command));
        var accepted = 0;
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i] is null)
                accepted += Judge(results, i, Open(SmtpStage.Rcpt, await _channel.ReadReplyAsync(SmtpStage.Rcpt, Timeouts.Command)), accepted);
        }
        var data = Open(SmtpStage.Data, await _channel.ReadReplyAsync(SmtpStage.Data, Timeouts.DataStart));
        if (!mail.IsPositive)
            Array.Fill(results, RecipientResult.Of(mail));
        return data;
    }

    private async Task<SmtpReply?> EnvelopeInStepAsync(SmtpTransaction transaction, RecipientResult?[] results)
    {
        var commands = new EnvelopeCommands(transaction, Capabilities, _settings.Clock);
        var mail = Open(SmtpStage.Mail, await CommandAsync(SmtpStage.Mail, commands.Mail(), Timeouts.Command));
        if (!mail.IsPositive)
        {
            Array.Fill(results, RecipientResult.Of(mail));
            return null;
        }
        var accepted = 0;
        for (var i = 0; i < results.Length; i++)
        {
            if (Rcpt(commands, transaction, results, i) is { } command)
                accepted += Judge(results, i, Open(SmtpStage.Rcpt, await CommandAsync(SmtpStage.Rcpt, command, Timeouts.Command)), accepted);
        }
        return accepted == 0 ? null : Open(SmtpStage.Data, await CommandAsync(SmtpStage.Data, "DATA\r\n", Timeouts.DataStart));
    }

    /// <summary>Leaves an accepted recipient open, for the final dot decides; gives 1 for it, else 0.</summary>
    private static int Judge(RecipientResult?[] results, int index, SmtpReply reply, int accepted)
    {
        if (reply.IsPositive)
            return 1;
        // RFC 5321 §4.5.3.1.10: 452 says too many recipients, and so does the 552 of older servers.
        var tooMany = accepted > 0 && reply.Code is 452 or 552 && reply.EnhancedStatus is null or "4.5.3" or "5.5.3";
        results[index] = tooMany ? RecipientResult.Of(reply) with { Kind = ResultKind.NextTransaction } : RecipientResult.Of(reply);
        return 0;
    }

    /// <summary>The session goes on after this reply, or it is a fault.</summary>
    private static SmtpReply Open(SmtpStage stage, SmtpReply reply) =>
        reply.IsClosing ? throw SmtpFaultException.Refused(stage, reply) : reply;

    private static string? Rcpt(EnvelopeCommands commands, SmtpTransaction transaction, RecipientResult?[] results, int index)
    {
        if (commands.Rcpt(transaction.Recipients[index]) is { } command)
            return command;
        results[index] = RecipientResult.Finding(ResultKind.Failed, "5.1.3", "The address has characters that no command can carry");
        return null;
    }

    private static RecipientResult[] Refused(RecipientResult?[] results, SmtpReply? data)
    {
        if (data is null)
            return results!;
        // A positive reply to DATA is none: nothing has been sent yet.
        Fill(results, data.IsPositive
            ? RecipientResult.Finding(ResultKind.Deferred, "4.5.0", $"Unexpected reply to DATA: {data}")
            : RecipientResult.Of(data));
        return results!;
    }

    private static void Fill(RecipientResult?[] results, RecipientResult result)
    {
        for (var i = 0; i < results.Length; i++)
            results[i] ??= result;
    }

    /// <summary>RFC 2920 §3.1: a server that said 354 though it took no recipient gets an empty message.</summary>
    private async Task CancelDataAsync()
    {
        _channel.Write(".\r\n");
        await _channel.FlushAsync(SmtpStage.Data, Timeouts.DataBlock);
        await _channel.ReadReplyAsync(SmtpStage.Data, Timeouts.DataEnd);
    }

    private async Task<SmtpReply> ContentAsync(SmtpTransaction transaction, Stream body, CancellationToken cancellationToken)
    {
        var stuffing = new DotStuffing();
        stuffing.Write(transaction.HeaderPrefix.Span, _channel.Output);
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            int count;
            while ((count = await body.ReadAsync(block, cancellationToken)) > 0)
            {
                stuffing.Write(block.AsSpan(0, count), _channel.Output);
                await _channel.FlushAsync(SmtpStage.Content, Timeouts.DataBlock);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
        stuffing.Finish(_channel.Output);
        await _channel.FlushAsync(SmtpStage.FinalDot, Timeouts.DataBlock);
        var reply = await _channel.ReadReplyAsync(SmtpStage.FinalDot, Timeouts.DataEnd);
        if (reply.IsClosing)
            throw SmtpFaultException.Refused(SmtpStage.FinalDot, reply);
        _needsReset = !reply.IsPositive;
        return reply;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private async Task<SmtpReply> CommandAsync(SmtpStage stage, string command, TimeSpan timeout)
    {
        _channel.Write(command);
        await _channel.FlushAsync(stage, timeout);
        return await _channel.ReadReplyAsync(stage, timeout);
    }
}
