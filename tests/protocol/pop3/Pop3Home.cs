using System.Net;
using System.Text;
using MailMesh.Access.Pop3;
using MailMesh.Accounts;
using MailMesh.Bans;
using MailMesh.Database;
using MailMesh.Hosting;
using MailMesh.Mailstore;
using MailMesh.Sasl;
using MailMesh.Testing;
using MailMesh.Tracking;
using MailMesh.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailMesh.Protocol.Tests.Pop3;

/// <summary>A POP3 server on a mail store of its own, with the account mary@example.test, password 'secret word'.</summary>
internal sealed class Pop3Home : IAsyncDisposable
{
    public const string Login = """
        S: +OK mx.example.test POP3 server ready
        C: USER mary@example.test
        S: +OK …
        C: PASS secret word
        S: +OK …
        """;

    private readonly string _folder;

    private Pop3Home(MailstoreHome store, TimeProvider clock, Pop3Options settings)
    {
        Store = store;
        _folder = Scratch.NewFolder("pop3");
        Assert.True(NetworkList.TryParse("127.0.0.0/8", out var loopback));
        var options = new MailMeshOptions { ExemptNetworks = loopback, Hostname = "mx.example.test", Data = _folder };
        Tracking = new TrackingLog(store.Database, TimeProvider.System);
        var bans = new BanList(store.Database, new BanOptions(), TimeProvider.System, NullLogger<BanList>.Instance);
        var accounts = new AccountDirectory(store.Database, TimeProvider.System);
        var logins = new LoginGuard(bans, accounts, options);
        var backend = new Pop3Backend(logins, new SaslServer(new SaslOptions(), logins, accounts), store.Store, new Leases(store.Database, clock, NullLogger<Leases>.Instance), Tracking);
        Server = new Pop3Server(
            backend, settings with { FailedLoginDelay = TimeSpan.FromMilliseconds(1), MaxPerAddress = 2 }, options, new ServerCertificate(options), clock, NullLogger<Pop3Server>.Instance);
        Clock = clock;
    }

    public MailstoreHome Store { get; }

    public TrackingLog Tracking { get; }

    public Pop3Server Server { get; }

    public TimeProvider Clock { get; }

    public long AccountId { get; private set; }

    public static async Task<Pop3Home> CreateAsync(TimeProvider? clock = null, Pop3Options? settings = null)
    {
        var home = new Pop3Home(await MailstoreHome.CreateAsync(), clock ?? TimeProvider.System, settings ?? new Pop3Options());
        await new AccountAdministration(home.Store.Database, TimeProvider.System).AddAccountAsync("mary@example.test", "secret word");
        home.AccountId = await home.Store.Database.ReadAsync(session => session.ScalarAsync<long>("SELECT id FROM accounts"));
        return home;
    }

    /// <summary>A client on this machine, whose password may travel in clear.</summary>
    public ScriptedSession Connect() => Connect(IPAddress.Loopback);

    /// <summary>A client somewhere in the Internet.</summary>
    public ScriptedSession ConnectRemote() => Connect(IPAddress.Parse("192.0.2.1"));

    public async Task RunAsync(string transcript)
    {
        await using var session = Connect();
        await new ProtocolScript(session).RunAsync(transcript);
    }

    public async Task AppendAsync(string text, SystemFlags flags = SystemFlags.None, bool isInternational = false)
    {
        var body = Encoding.Latin1.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal).Replace("\r\r\n", "\n", StringComparison.Ordinal));
        var inbox = await Store.Store.OpenAsync(AccountId, "INBOX");
        await Store.Store.AppendAsync(inbox.Mailbox.Id, new NewMessage(await Store.PutAsync(body), body.Length, flags, null, InternalDate: null) { IsInternational = isInternational });
    }

    public async Task<IReadOnlyList<MailboxMessage>> InboxAsync() => (await Store.Store.OpenAsync(AccountId, "INBOX")).Messages;

    public async ValueTask DisposeAsync()
    {
        await Tracking.DisposeAsync();
        await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private ScriptedSession Connect(IPAddress address) => ScriptedSession.Start(Server.ServeAsync, address, Clock);
}
