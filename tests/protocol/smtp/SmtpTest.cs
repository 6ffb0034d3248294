using System.Net;
using System.Text;
using MailMesh.Accounts;
using MailMesh.Bans;
using MailMesh.Contracts;
using MailMesh.Hosting;
using MailMesh.Ingress;
using MailMesh.Ingress.Policy;
using MailMesh.Ingress.Session;
using MailMesh.OAuth;
using MailMesh.Rates;
using MailMesh.Sasl;
using MailMesh.Testing;
using MailMesh.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>What every SMTP transcript needs: a server on the shared directory, whose messages end in memory.</summary>
[Collection("smtp")]
public abstract class SmtpTest(SmtpDirectory directory)
{
    /// <summary>Through EHLO on the MX port, in clear.</summary>
    private protected const string Ehlo = """
        S: 220 …
        C: EHLO client.example
        S: 250-…
        S: 250-PIPELINING
        S: 250-SIZE …
        S: 250-8BITMIME
        S: 250-SMTPUTF8
        S: 250-ENHANCEDSTATUSCODES
        S: 250-CHUNKING
        S: 250-BINARYMIME
        S: 250-DSN
        S: 250-MT-PRIORITY MIXER
        S: 250-DELIVERBY 60
        S: 250-LIMITS RCPTMAX=1000 MAILMAX=100000
        S: 250 STARTTLS

        """;

    /// <summary>Through EHLO on submissions.</summary>
    private protected const string EhloUnderTls = """
        TLS
        S: 220 …
        C: EHLO client.example
        S: 250-…
        S: 250-PIPELINING
        S: 250-SIZE …
        S: 250-8BITMIME
        S: 250-SMTPUTF8
        S: 250-ENHANCEDSTATUSCODES
        S: 250-CHUNKING
        S: 250-BINARYMIME
        S: 250-FUTURERELEASE 7948800 …
        S: 250-DSN
        S: 250-MT-PRIORITY MIXER
        S: 250-DELIVERBY 60
        S: 250-LIMITS RCPTMAX=1000 MAILMAX=100000
        S: 250-REQUIRETLS
        S: 250 AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN

        """;

    private SmtpServer? _server;

    private protected IngressOptions Options { get; set; } = new()
    {
        AuthFailureDelay = TimeSpan.FromMilliseconds(1),
        LmtpNetworks = NetworkList.TryParse("127.0.0.1", out var loopback) ? loopback : NetworkList.None,
    };

    /// <summary>Without rules, unless a test has its own.</summary>
    private protected PolicyOptions Policy { get; set; } = PolicyOptions.None;

    private protected FixedDnsResolver Dns { get; } = new();

    private protected BanOptions Bans { get; set; } = new() { Failures = 10_000 }; // the directory outlives a test

    private protected TimeProvider Clock { get; set; } = TimeProvider.System;

    private protected MemoryBlobStore Blobs { get; set; } = new();

    private protected MemoryMessageIntake Intake { get; } = new();

    /// <summary>Nothing exchanges it: a test's counts are its own.</summary>
    private protected RateLimiter Rates => field ??= new RateLimiter(Directory.Database, "test", Clock, NullLogger<RateLimiter>.Instance);

    private protected SmtpDirectory Directory { get; } = directory;

    private protected ServerCertificate Certificate { get; set; } = directory.Certificate;

    private protected SaslOptions Mechanisms { get; set; } = new();

    /// <summary>Whose tokens are taken; nobody's by default.</summary>
    private protected TokenVerifier? Tokens { get; set; }

    private protected SmtpServer Server => _server ??= CreateServer();

    /// <summary>What filtering answers; null: nothing, ever.</summary>
    private protected Func<MessageReceived, MessageVerdict?> Verdict { get; set; } =
        message => new MessageVerdict { MessageId = message.MessageId, Disposition = Disposition.Accept };

    private protected ScriptedSession Connect(string listener = "smtp", IPAddress? remote = null)
    {
        var server = Server;
        return listener switch
        {
            "smtp" => ScriptedSession.Start((connection, stopping) => server.ServeAsync(connection, SmtpListener.Smtp, stopping), remote, Clock),
            "lmtp" => ScriptedSession.Start((connection, stopping) => server.ServeAsync(connection, SmtpListener.Lmtp, stopping), remote ?? IPAddress.Loopback, Clock),
            "submission" => ScriptedSession.Start((connection, stopping) => server.ServeAsync(connection, SmtpListener.Submission, stopping), remote, Clock),
            _ => ScriptedSession.Start(ServeUnderTlsAsync, remote, Clock),
        };
    }

    /// <summary>Runs a transcript on a connection of its own.</summary>
    private protected async Task RunAsync(string transcript, string listener = "smtp")
    {
        await using var session = Connect(listener);
        await new ProtocolScript(session).RunAsync(transcript);
    }

    /// <summary>Sends EHLO and gives what the server says that it can.</summary>
    private protected static async Task<IReadOnlyList<string>> CapabilitiesAsync(ScriptedSession session)
    {
        await session.SendAsync("EHLO client.example\r\n");
        var lines = new List<string>();
        do
            lines.Add(await session.ReadLineAsync() ?? throw new InvalidDataException("The server closed within its capabilities."));
        while (lines[^1].StartsWith("250-", StringComparison.Ordinal));
        return [.. lines.Skip(1).Select(line => line[4..])];
    }

    /// <summary>The one message that was taken.</summary>
    private protected MessageReceived TheMessage() => Assert.Single(Intake.Messages);

    /// <summary>A message as the blob store has it.</summary>
    private protected string StoredText(MessageReceived message) => Encoding.UTF8.GetString(Blobs[message.Body]);

    /// <summary>As the client sent it: without our Received field.</summary>
    private protected string SentText(MessageReceived message)
    {
        var text = StoredText(message);
        Assert.StartsWith("Received: from ", text, StringComparison.Ordinal);
        return text[(text.IndexOf("+0000\r\n", StringComparison.Ordinal) + "+0000\r\n".Length)..];
    }

    private async Task ServeUnderTlsAsync(WireConnection connection, CancellationToken stopping)
    {
        await Certificate.HandshakeAsync(connection, "submissions", isForUsers: true, stopping);
        await Server.ServeAsync(connection, SmtpListener.Submissions, stopping);
    }

    private SmtpServer CreateServer()
    {
        Assert.True(NetworkList.TryParse("127.0.0.0/8", out var exempt));
        var verdicts = new VerdictWaiter(Clock);
        var failing = Intake.Accepted;
        Intake.Accepted = message =>
        {
            failing(message);
            if (Verdict(message) is { } verdict)
                verdicts.TryDeliver(verdict);
        };
        var logins = new LoginGuard(
            new BanList(Directory.Database, Bans, TimeProvider.System, NullLogger<BanList>.Instance), Directory.Accounts, new MailMeshOptions { ExemptNetworks = exempt });
        return new SmtpServer
        {
            Options = Options,
            Hostname = "mx.ours.example",
            Accounts = Directory.Accounts,
            RelayClients = Directory.RelayClients,
            Rates = Rates,
            Logins = logins,
            Sasl = new SaslServer(Mechanisms, logins, Directory.Accounts, Tokens),
            Blobs = Blobs,
            Intake = Intake,
            Scheduled = Directory.Scheduled,
            Verdicts = verdicts,
            VerdictTo = new Uri("queue:verdicts-test"),
            Tracking = Directory.Tracking,
            Certificate = Certificate,
            Policies = new ListenerPolicies(
                SmtpListener.All.ToDictionary(listener => listener, _ => Policy), new PolicyEngines(Dns, Rates, "mx.ours.example", Clock, NullLogger.Instance)),
            Limits = new ConnectionLimits(Options, exempt),
            Clock = Clock,
            Log = NullLogger.Instance,
        };
    }
}
