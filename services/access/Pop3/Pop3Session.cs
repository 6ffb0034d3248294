using MailMesh.Wire;
using Microsoft.Extensions.Logging;

namespace MailMesh.Access.Pop3;

/// <summary>One POP3 connection (RFC 1939): reads commands, runs those that are legal in its state, sends pipelined replies together.</summary>
internal sealed partial class Pop3Session(Pop3Server server, WireConnection connection, CancellationToken stopping) : IAsyncDisposable
{
    /// <summary>RFC 2449 §4: a command has at most 255 octets, CRLF included.</summary>
    private const int MaxCommandOctets = 255;

    /// <summary>Written octets that are sent even though more commands wait.</summary>
    private const int MaxUnsentOctets = 64 * 1024;

    /// <summary>How long a client may take no octet of a reply.</summary>
    private static readonly TimeSpan SendTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Refusals in a row after which the connection ends.</summary>
    private const int MaxFailedCommands = 100;

    /// <summary>A line that is too long is read to its end up to this size; past it the connection ends.</summary>
    private const long MaxEndlessOctets = 1024 * 1024;

    /// <summary>By mechanism.</summary>
    private readonly Dictionary<string, int> _failedLogins = new(StringComparer.OrdinalIgnoreCase);
    private int _failedInRow;
    private bool _isRefused;

    public Pop3Server Server { get; } = server;

    public WireConnection Connection { get; } = connection;

    public CancellationToken Stopping { get; } = stopping;

    public Pop3State State { get; set; } = new Pop3State.Authorization(User: null);

    /// <summary>The maildrop; commands that use it are legal in the transaction state alone.</summary>
    public Maildrop Maildrop => ((Pop3State.Transaction)State).Maildrop;

    /// <summary>RFC 6856 §2.1: the client said UTF8.</summary>
    public bool TakesUtf8 { get; set; }

    /// <summary>A password may travel: under TLS, or from a network that the operator trusts.</summary>
    public bool AllowsPasswords => Connection.IsTls || IsExempt;

    /// <summary>The client's network has no delays or limits.</summary>
    public bool IsExempt => Server.Options.ExemptNetworks.Contains(Connection.Remote.Address);

    public async Task RunAsync()
    {
        Connection.MaxDroppedOctets = MaxEndlessOctets;
        // No <timestamp>, which would announce APOP (RFC 1939 §7): it needs passwords in clear on the server.
        Ok($"{Server.Options.Hostname} POP3 server ready");
        try
        {
            while (State is not Pop3State.Ended && !Connection.IsOutputClosed)
            {
                if (!Connection.HasBufferedInput() || Connection.Output.UnflushedBytes > MaxUnsentOctets)
                    await SendAsync();
                _isRefused = false;
                await ReadCommandAsync();
                _failedInRow = _isRefused ? _failedInRow + 1 : 0;
                if (_failedInRow >= MaxFailedCommands)
                    await EndAsync();
            }
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            Error("[SYS/TEMP] The server is going down");
        }
        await SendAsync();
    }

    /// <summary>The lock of the maildrop goes on every way out; what was marked deleted without QUIT stays.</summary>
    public ValueTask DisposeAsync() => (State as Pop3State.Transaction)?.Maildrop.DisposeAsync() ?? ValueTask.CompletedTask;

    public void Ok(string text) => Connection.Write($"+OK {text}\r\n");

    public void Error(string text)
    {
        _isRefused = true;
        Connection.Write($"-ERR {text}\r\n");
    }

    public ValueTask SendAsync() => Connection.FlushAsync(SendTimeout, CancellationToken.None);

    /// <summary>Sends what was written when it is much: for replies of any length.</summary>
    public ValueTask SendIfMuchAsync() => Connection.Output.UnflushedBytes > MaxUnsentOctets ? SendAsync() : ValueTask.CompletedTask;

    /// <summary>Answers a wrong password, late, and ends a connection that guesses.</summary>
    /// <remarks>A client that tries one password by every mechanism (MailKit does) has not guessed, and has to read that it is wrong.</remarks>
    /// <param name="mechanism">By which it came; PASS is one.</param>
    public async Task RefuseLoginAsync(string user, string mechanism)
    {
        LogFailedLogin(Server.Log, user, Connection.Remote.Address.ToString());
        Pop3Metrics.Login("refused");
        if (!IsExempt)
            await Task.Delay(Server.Pop3.FailedLoginDelay, Server.Clock, Stopping);
        Error("[AUTH] Wrong name or password"); // RFC 3206
        State = new Pop3State.Authorization(User: null);
        _failedLogins[mechanism] = _failedLogins.GetValueOrDefault(mechanism) + 1;
        if (_failedLogins[mechanism] >= Server.Pop3.MaxFailedLogins)
            State = new Pop3State.Ended();
    }

    /// <summary>Too many failed logins came from the client's network, or for the account.</summary>
    public void RefuseBanned()
    {
        Pop3Metrics.Login("banned");
        Error("[SYS/TEMP] Too many failed logins; try again later"); // RFC 3206
        State = new Pop3State.Ended();
    }

    private async Task ReadCommandAsync()
    {
        var line = await Connection.ReadLineAsync(MaxCommandOctets, Server.Pop3.IdleTimeout, lenient: true, Stopping);
        if (line.Status == LineStatus.End)
        {
            await EndAsync();
            return;
        }
        if (line.Status == LineStatus.Complete)
        {
            await RunAsync(line.Text);
            return;
        }
        Error("The command is too long");
        if (line.Status == LineStatus.Endless)
            await EndAsync();
    }

    /// <summary>The session is over; what was marked deleted stays.</summary>
    private async ValueTask EndAsync()
    {
        await DisposeAsync();
        State = new Pop3State.Ended();
    }

    private async Task RunAsync(string line)
    {
        var blank = line.IndexOf(' ', StringComparison.Ordinal);
        var name = blank < 0 ? line : line[..blank];
        if (Pop3Command.Find(name) is not { } command)
        {
            Error("Unknown command");
            return;
        }
        if (!command.IsLegalIn(State))
        {
            Error(State is Pop3State.Authorization ? "Log in first" : "Not after login");
            return;
        }
        try
        {
            await command.Run(this, blank < 0 ? "" : line[(blank + 1)..]);
        }
        catch (MaildropUnavailableException failure)
        {
            LogUnavailable(Server.Log, failure.InnerException, command.Name);
            Error("[SYS/TEMP] The mailbox is not available; try again later"); // RFC 3206
        }
    }

    [LoggerMessage(5201, LogLevel.Warning, "POP3 login of {User} from {Remote} refused")]
    private static partial void LogFailedLogin(ILogger log, string user, string remote);

    [LoggerMessage(5202, LogLevel.Error, "POP3 {Command} failed: the mailbox is not available")]
    private static partial void LogUnavailable(ILogger log, Exception? failure, string command);
}
