using MailMesh.Accounts;
using MailMesh.Bans;
using MailMesh.Blobs;
using MailMesh.Hosting;
using MailMesh.Ingress.Policy;
using MailMesh.Rates;
using MailMesh.Sasl;
using MailMesh.Scheduled;
using MailMesh.Spool;
using MailMesh.Tracking;
using MailMesh.Wire;
using Microsoft.Extensions.Logging;

namespace MailMesh.Ingress.Session;

/// <summary>What all sessions share.</summary>
internal sealed record SmtpServer
{
    public required IngressOptions Options { get; init; }

    /// <summary>Our name in greetings and trace fields.</summary>
    public required string Hostname { get; init; }

    public required AccountDirectory Accounts { get; init; }

    public required LoginGuard Logins { get; init; }

    public required RelayClients RelayClients { get; init; }

    /// <summary>What is counted of clients, accounts and domains, by all copies together.</summary>
    public required RateLimiter Rates { get; init; }
    public required SaslServer Sasl { get; init; }

    public required IBlobStore Blobs { get; init; }

    public required IMessageIntake Intake { get; init; }

    public required ScheduledMail Scheduled { get; init; }

    public required VerdictWaiter Verdicts { get; init; }

    /// <summary>Where filtering sends the verdicts of this process.</summary>
    public required Uri VerdictTo { get; init; }

    public required TrackingLog Tracking { get; init; }

    public required ServerCertificate Certificate { get; init; }

    /// <summary>What each listener asks of its clients before DATA.</summary>
    public required ListenerPolicies Policies { get; init; }

    public required ConnectionLimits Limits { get; init; }

    public MessagesInWork InWork { get; } = new();

    /// <summary>Refusals outside of messages that are told.</summary>
    public StoryBudget SessionStories { get; } = new();

    public required TimeProvider Clock { get; init; }

    public Drain Drain => field ??= new Drain(Clock);

    public required ILogger Log { get; init; }

    /// <summary>The result of an engine, for as long as a session may wait for it.</summary>
    /// <exception cref="TimeoutException">It does not come; the engine's client gives up by itself later.</exception>
    public Task<T> InTimeAsync<T>(Task<T> work) => work.IsCompleted ? work : work.WaitAsync(Options.EngineTimeout, Clock);

    /// <inheritdoc cref="InTimeAsync{T}"/>
    public Task InTimeAsync(Task work) => work.IsCompleted ? work : work.WaitAsync(Options.EngineTimeout, Clock);

    /// <summary>Serves one connection until it ends.</summary>
    public Task ServeAsync(WireConnection connection, SmtpListener listener, CancellationToken stopping) => new SmtpSession(this, connection, listener).RunAsync(stopping);

    /// <summary>A client comes in, over a connection of its own or named by a trusted peer: the refusal that turns it away, or null.</summary>
    public async ValueTask<Reply?> AdmitAsync(SmtpSession session)
    {
        var address = session.Connection.Remote.Address;
        if (session.Listener.IsLmtp)
            return Options.LmtpNetworks.Contains(address) ? null : Replies.LmtpDenied; // a server of ours brings the mail of all the world: nothing is limited
        var refusal = session.CountedAs is { } before ? Limits.Move(before, address) : Limits.Enter(address, session.MayXclient);
        if (refusal is not null)
            return refusal;
        session.CountedAs = address;
        return await Logins.RefusesAsync(address) ? Replies.Banned : null;
    }
}
