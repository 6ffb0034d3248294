using System.Buffers;
using System.Collections.Frozen;
using System.Net;
using MailMesh.Ingress.Grammar;
using MailMesh.Ingress.Policy;
using MailMesh.Wire;

namespace MailMesh.Ingress.Session;

/// <summary>RFC 5321: one client's session, from greeting to QUIT.</summary>
internal sealed class SmtpSession(SmtpServer server, WireConnection connection, SmtpListener listener)
{
    /// <summary>The command table: where each command is legal, and what runs it.</summary>
    private static readonly FrozenDictionary<SmtpVerb, CommandRule> Commands = new Dictionary<SmtpVerb, CommandRule>
    {
        [SmtpVerb.Ehlo] = new(LegalIn.Any, (session, command, _) => HelloOperation.RunAsync(session, (HelloCommand)command)),
        [SmtpVerb.Helo] = new(LegalIn.Any, (session, command, _) => HelloOperation.RunAsync(session, (HelloCommand)command)),
        [SmtpVerb.Lhlo] = new(LegalIn.Any, (session, command, _) => HelloOperation.RunAsync(session, (HelloCommand)command)),
        [SmtpVerb.StartTls] = new(LegalIn.Greeted, (session, _, stopping) => StartTlsOperation.RunAsync(session, stopping)),
        [SmtpVerb.Auth] = new(LegalIn.Greeted, (session, command, stopping) => AuthOperation.RunAsync(session, (AuthCommand)command, stopping)),
        [SmtpVerb.Xclient] = new(LegalIn.Connected | LegalIn.Greeted, (session, command, stopping) => XclientOperation.RunAsync(session, (XclientCommand)command, stopping)),
        [SmtpVerb.Mail] = new(LegalIn.Greeted, (session, command, _) => MailOperation.RunAsync(session, (MailCommand)command)),
        [SmtpVerb.Rcpt] = new(LegalIn.Transaction, (session, command, _) => RcptOperation.RunAsync(session, (RcptCommand)command)),
        [SmtpVerb.Bdat] = new(LegalIn.Any, (session, command, _) => BdatOperation.RunAsync(session, (BdatCommand)command)),
        [SmtpVerb.Data] = new(LegalIn.Transaction, (session, _, _) => DataOperation.RunAsync(session)),
        [SmtpVerb.Rset] = new(LegalIn.Any, (session, _, _) => ResetAsync(session)),
        [SmtpVerb.Noop] = new(LegalIn.Any, (_, _, _) => ValueTask.FromResult(Replies.Ok)),
        [SmtpVerb.Vrfy] = new(LegalIn.Any, (_, _, _) => ValueTask.FromResult(Replies.CannotVerify)),
        [SmtpVerb.Help] = new(LegalIn.Any, (_, _, _) => ValueTask.FromResult(Replies.Help)),
        [SmtpVerb.Quit] = new(LegalIn.Any, (_, _, _) => ValueTask.FromResult(Replies.Bye)),
    }.ToFrozenDictionary();

    /// <summary>Replies that are sent though more commands wait: those to some five hundred RCPT.</summary>
    private const int MaxUnsentOctets = 16 * 1024;

    private int _mistakes;
    private string _stage = "connect";
    private string _end = "failed";

    public SmtpServer Server { get; } = server;

    public WireConnection Connection { get; } = connection;

    public SmtpListener Listener { get; } = listener;

    public SessionState State { get; set; } = new SessionState.Connected();

    /// <summary>What gives refusals their ids; made when the first needs it.</summary>
    public SessionStory Story => field ??= new SessionStory(this);

    /// <summary>How the client introduced itself; null before it has.</summary>
    public SessionState.Greeted? Greeted => State switch
    {
        SessionState.Greeted greeted => greeted,
        SessionState.InTransaction open => open.Session,
        _ => null,
    };

    /// <summary>The open transaction.</summary>
    public Transaction? Open => (State as SessionState.InTransaction)?.Transaction;

    /// <summary>What is known of the client beside its address.</summary>
    public SessionClient Client { get; set; } = SessionClient.Stranger;

    /// <summary>The address that <see cref="ConnectionLimits"/> count this session by; null while they do not.</summary>
    public IPAddress? CountedAs { get; set; }

    public int AuthFailures { get; set; }

    public ClientPolicy Policy => field ??= new ClientPolicy(this, Server.Policies.Of(Listener));

    /// <summary>MAIL commands that opened, or tried to open, a transaction: MAILMAX bounds them (RFC 9422).</summary>
    public int Transactions { get; set; }

    /// <summary>The peer itself, whatever client it has named since, is trusted to name one.</summary>
    public bool MayXclient { get; } = server.Options.XclientNetworks.Contains(connection.Remote.Address);

    /// <summary>The peer has named a client: whatever TLS says of the peer says nothing of whom it speaks for.</summary>
    public bool SpeaksForAnother { get; set; }

    private IngressOptions Options => Server.Options;

    /// <summary>Serves the client until the session ends.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            if (await GreetAsync(stopping))
            {
                // Read here and nowhere deeper: what waits for its client holds the state of every method between.
                while (await AnswerAsync(await Connection.ReadLineAsync(SmtpParser.MaxLineOctets, Options.CommandTimeout, cancellationToken: BeforeCommand(stopping)), stopping))
                {
                }
            }
        }
        catch (ClientTimeoutException)
        {
            _end = "timeout";
            await SendAsync(Replies.TimedOut);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            _end = "shutdown";
            await SendAsync(Replies.ShuttingDown);
        }
        finally
        {
            IngressMetrics.SessionEnded(Listener, _end);
            Policy.Dispose();
            if (CountedAs is { } address)
                Server.Limits.Leave(address);
            await EndTransactionAsync();
        }
    }

    /// <summary>Closes an open transaction, if there is one (RFC 5321 §4.1.1.5).</summary>
    public async ValueTask EndTransactionAsync()
    {
        if (State is not SessionState.InTransaction open)
            return;
        State = open.Session;
        open.Transaction.Dispose();
        if (open is SessionState.InChunks { Chunks: var chunks })
            await chunks.DisposeAsync();
    }

    /// <summary>Sends a reply at once.</summary>
    public ValueTask SendAsync(Reply reply)
    {
        Write(reply);
        return FlushAsync();
    }

    /// <summary>RFC 2033 §4.2: over LMTP the reply to a message is given to each of its recipients.</summary>
    public Reply ToRecipients(Transaction transaction, Reply reply) => Listener.IsLmtp ? reply with { Recipients = transaction.RepliesTo(reply) } : reply;

    /// <summary>Sends what was held back for pipelining.</summary>
    public ValueTask FlushAsync() => Connection.FlushAsync(Options.ReplyTimeout, CancellationToken.None); // a drain cuts off no reply

    private void Write(Reply reply)
    {
        if (reply.Code > 0)
            IngressMetrics.Replied(reply.Code);
        ReplyWriter.Write(Connection, reply, reply.Refusal is { } refusal ? Story.IdFor(refusal, _stage) : null);
    }

    private static async ValueTask<Reply> ResetAsync(SmtpSession session)
    {
        await session.EndTransactionAsync();
        return Replies.Ok;
    }

    /// <summary>False when the client is turned away.</summary>
    private async Task<bool> GreetAsync(CancellationToken stopping)
    {
        var refusal = await Server.AdmitAsync(this);
        if (refusal is null)
        {
            stopping.ThrowIfCancellationRequested();
            refusal = await Policy.ConnectAsync(stopping);
        }
        if (refusal is not null)
            _end = "refused";
        await SendAsync(refusal ?? Replies.Greeting(Server.Hostname, Listener));
        return refusal is null;
    }

    /// <summary>What ends the wait for the next command.</summary>
    private CancellationToken BeforeCommand(CancellationToken stopping)
    {
        _stage = "command";
        // A drain ends sessions between transactions; one that has begun comes to its end.
        var until = State is SessionState.InTransaction ? Server.Drain.After(stopping) : stopping;
        until.ThrowIfCancellationRequested();
        return until;
    }

    /// <summary>One command and its reply; false when the session is over.</summary>
    private async ValueTask<bool> AnswerAsync(WireLine line, CancellationToken stopping)
    {
        if (line.Status == LineStatus.End)
        {
            _end = "left";
            return false;
        }
        var reply = line.Status == LineStatus.TooLong ? Replies.LineTooLong : await ExecuteAsync(line.Octets, stopping);
        if (reply.IsMistake && ++_mistakes > Options.MaxInvalidCommands)
            reply = Replies.TooManyMistakes;
        Write(reply);
        // RFC 2920 §3.2: the replies to commands that came together go out together. A client that sends on and reads none is waited for.
        if (reply.Closes || !Connection.HasBufferedLine() || Connection.Output.UnflushedBytes > MaxUnsentOctets)
            await FlushAsync();
        if (reply.Closes)
            _end = reply.Code switch { 221 => "quit", 0 => "left", _ => "dropped" };
        return !reply.Closes;
    }

    private ValueTask<Reply> ExecuteAsync(in ReadOnlySequence<byte> line, CancellationToken stopping)
    {
        var parsed = SmtpParser.Parse(line);
        if (parsed.Command is not { } command)
        {
            IngressMetrics.Command(null, parsed.Refusal!.Code);
            return ValueTask.FromResult(parsed.Refusal!);
        }
        return ExecuteAsync(command, stopping);
    }

    private async ValueTask<Reply> ExecuteAsync(SmtpCommand command, CancellationToken stopping)
    {
        var rule = Commands[command.Verb];
        _stage = IngressMetrics.NameOf(command.Verb);
        var reply = Policy.Command(command)
            ?? (IsLegal(rule.LegalIn) ? await rule.Run(this, command, stopping) : OutOfSequence(command.Verb));
        IngressMetrics.Command(command.Verb, reply.Code);
        return reply;
    }

    private bool IsLegal(LegalIn states) => State switch
    {
        SessionState.Connected => states.HasFlag(LegalIn.Connected),
        SessionState.Greeted => states.HasFlag(LegalIn.Greeted),
        SessionState.InChunks => states.HasFlag(LegalIn.Chunks),
        _ => states.HasFlag(LegalIn.Transaction),
    };

    private Reply OutOfSequence(SmtpVerb verb) => State switch
    {
        SessionState.Connected => Replies.HelloFirst(Listener),
        SessionState.Greeted => Replies.MailFirst,
        SessionState.InChunks when verb is SmtpVerb.Data or SmtpVerb.Rcpt => Replies.ChunksBegun,
        _ => verb == SmtpVerb.Mail ? Replies.NestedMail : Replies.NotInTransaction,
    };

    private sealed record CommandRule(LegalIn LegalIn, Func<SmtpSession, SmtpCommand, CancellationToken, ValueTask<Reply>> Run);
}
