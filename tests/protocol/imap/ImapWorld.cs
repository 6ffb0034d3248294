using System.Net;
using System.Text;
using MailMesh.Access.Imap;
using MailMesh.Accounts;
using MailMesh.Bans;
using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Database;
using MailMesh.Hosting;
using MailMesh.Mailstore;
using MailMesh.Sasl;
using MailMesh.Search;
using MailMesh.Testing;
using MailMesh.Tracking;
using MailMesh.Wire;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>An IMAP server on a real store, without sockets.</summary>
public sealed class ImapWorld : IAsyncLifetime, IAsyncDisposable
{
    public const string Password = "correct horse";

    private readonly DatabaseEngine _engine;
    private readonly string _folder = Scratch.NewFolder("imap");
    private readonly LocalBus _bus = new();
    private EngineDatabase _databases = null!;
    private MailDatabase _database = null!;
    private AccountAdministration _administration = null!;
    private MailMeshOptions _host = null!;
    private ServerCertificate _certificate = null!;
    private int _accounts;

    public ImapWorld()
        : this(DatabaseEngine.Sqlite)
    {
    }

    internal ImapWorld(DatabaseEngine engine) => _engine = engine;

    public FaultyBlobs Blobs { get; private set; } = null!;

    public AccountDirectory Accounts { get; private set; } = null!;

    public BanList Bans { get; private set; } = null!;

    public MailboxStore Store { get; private set; } = null!;

    public MailboxDirectory Directory { get; private set; } = null!;

    public TextIndex Texts { get; private set; } = null!;

    public TrackingLog Tracking { get; private set; } = null!;

    public ImapBackend Backend { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _databases = await EngineDatabase.CreateAsync(_engine);
        _database = _databases.Main;
        Blobs = new FaultyBlobs(PackBlobStore.OnFiles(Path.Combine(_folder, "blobs")));
        Store = new MailboxStore(_database, Blobs, _bus, TimeProvider.System);
        Directory = new MailboxDirectory(_database, _bus, TimeProvider.System);
        var snapshots = new MailboxSnapshots(Store);
        _bus.Snapshots = snapshots;
        Texts = new TextIndex(_database);
        Tracking = new TrackingLog(_database, TimeProvider.System);
        _administration = new AccountAdministration(_database, TimeProvider.System);
        await _administration.AddDomainAsync("example.test");
        Assert.True(NetworkList.TryParse("127.0.0.0/8", out var exempt));
        _host = new MailMeshOptions { Data = _folder, Hostname = "mail.example.test", ExemptNetworks = exempt };
        _certificate = new ServerCertificate(_host);
        Bans = new BanList(_database, new BanOptions { Failures = 10_000 }, TimeProvider.System, NullLogger<BanList>.Instance); // the world outlives a test
        Accounts = new AccountDirectory(_database, TimeProvider.System);
        var logins = new LoginGuard(Bans, Accounts, _host);
        var access = new MailboxAccess(_database, Directory);
        var watches = new AccountWatches(_database, access, Directory);
        _bus.Watches = watches;
        Backend = new ImapBackend(logins, new SaslServer(new SaslOptions(), logins, Accounts), Directory, access, new AccessControlList(_database, _bus), new MailboxAnnotations(_database, _bus), new MailboxKeys(_database), Store, snapshots, watches, Blobs, Tracking, Texts);
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await Bans.DisposeAsync();
        await Tracking.DisposeAsync();
        await _databases.DisposeAsync();
    }

    /// <summary>A new account's address; its password is <see cref="Password"/>.</summary>
    public async Task<string> NewAccountAsync()
    {
        var address = $"user{Interlocked.Increment(ref _accounts)}@example.test";
        await _administration.AddAccountAsync(address, Password);
        return address;
    }

    public async Task SetQuotaAsync(string address, long? octets, long? messages) =>
        Assert.True((await _administration.SetQuotaAsync(address, octets, messages)).Done);

    /// <summary>A server with these settings.</summary>
    public ImapServer Server(ImapOptions? options = null, TimeProvider? clock = null) =>
        new(Backend, options ?? new ImapOptions(), _host, _certificate, NullLogger<ImapServer>.Instance) { Clock = clock ?? TimeProvider.System };

    /// <summary>A server as another copy of the service runs it, on the same database and bodies; every event between the copies is lost.</summary>
    public ImapServer AnotherCopy()
    {
        var store = new MailboxStore(_databases.Connect(), Blobs, new LocalBus(), TimeProvider.System);
        return new ImapServer(Backend with { Store = store, Snapshots = new MailboxSnapshots(store) }, new ImapOptions(), _host, _certificate, NullLogger<ImapServer>.Instance)
        {
            Clock = TimeProvider.System,
        };
    }

    /// <summary>Connects from an exempt network, where no TLS is needed, unless another address is given.</summary>
    public ScriptedSession Connect(ImapServer? server = null, IPAddress? remote = null, TimeProvider? clock = null) =>
        ScriptedSession.Start((server ?? Server()).ServeAsync, remote ?? IPAddress.Loopback, clock);

    /// <summary>Plays a transcript with sessions that one new account has logged in.</summary>
    public Task PlayAsync(string transcript) => PlayAsync(1, transcript);

    /// <inheritdoc cref="PlayAsync(string)"/>
    public Task PlayAsync(int count, string transcript, ImapOptions? options = null) => PlayAsync(count, [transcript], options: options);

    /// <summary>Plays parts of a transcript with sessions that one new account has logged in, and does something behind the server's back after each.</summary>
    /// <param name="between">Given the account's address.</param>
    public async Task PlayAsync(int count, string[] parts, Func<string, Task>? between = null, ImapOptions? options = null)
    {
        var address = await NewAccountAsync();
        var server = Server(options);
        var sessions = Enumerable.Range(0, count).Select(_ => Connect(server)).ToArray();
        var script = new ProtocolScript(sessions);
        for (var i = 1; i <= count; i++)
        {
            await script.RunAsync($"""
                S{i}: * OK …
                C{i}: login LOGIN {address} "{Password}"
                S{i}: login OK …
                """);
        }
        foreach (var part in parts)
        {
            await script.RunAsync(part);
            if (between is not null)
                await between(address);
        }
        foreach (var session in sessions)
            await session.DisposeAsync();
    }

    /// <summary>Plays a transcript with sessions of several new accounts: session 1 is of {alice}, 2 of {bob}, 3 of {carol}.</summary>
    /// <param name="prepare">Done before, with their addresses.</param>
    public async Task PlayBetweenAsync(string transcript, ImapOptions? options = null, Func<string[], Task>? prepare = null)
    {
        string[] names = ["alice", "bob", "carol"];
        var addresses = await Task.WhenAll(names.Select(_ => NewAccountAsync()));
        if (prepare is not null)
            await prepare(addresses);
        var server = Server(options);
        var sessions = names.Select(_ => Connect(server)).ToArray();
        var script = new ProtocolScript(sessions);
        for (var i = 0; i < names.Length; i++)
        {
            script.Captured[names[i]] = addresses[i];
            await script.RunAsync($$"""
                S{{i + 1}}: * OK …
                C{{i + 1}}: login LOGIN {{{names[i]}}} "{{Password}}"
                S{{i + 1}}: login OK …
                """);
        }
        await script.RunAsync(transcript);
        foreach (var session in sessions)
            await session.DisposeAsync();
    }

    /// <summary>As if the messages of the account had come before it was written down when.</summary>
    public async Task ForgetSavedDatesAsync(string address)
    {
        var account = await Accounts.AuthenticateAsync(address, Password);
        await _database.WriteAsync(session => session.ExecuteAsync(
            "UPDATE messages SET saved_at = NULL WHERE mailbox_id IN (SELECT id FROM mailboxes WHERE account_id = @account)", ("@account", account!.Id)));
    }

    /// <summary>Forgets which UIDs of INBOX went up to a MODSEQ, as the storage service does after a time.</summary>
    public async Task ForgetVanishedAsync(string address, long modSeq)
    {
        var account = await Accounts.AuthenticateAsync(address, Password);
        var inbox = await Directory.FindAsync(account!.Id, "INBOX");
        await _database.WriteAsync(async session =>
        {
            await session.ExecuteAsync("DELETE FROM expunged WHERE mailbox_id = @id AND mod_seq <= @mod_seq", ("@id", inbox!.Id), ("@mod_seq", modSeq));
            await session.ExecuteAsync("UPDATE mailboxes SET swept_mod_seq = @mod_seq WHERE id = @id", ("@id", inbox.Id), ("@mod_seq", modSeq));
        });
    }

    /// <summary>Puts a message into a mailbox behind the server's back.</summary>
    public async Task<long> AddMessageAsync(string address, string message, string mailbox = "INBOX")
    {
        var account = await Accounts.AuthenticateAsync(address, Password);
        await using var blob = Blobs.Create();
        await blob.WriteAsync(Encoding.UTF8.GetBytes(message));
        var reference = await blob.CompleteAsync();
        var target = await Directory.FindAsync(account!.Id, mailbox);
        var appended = await Store.AppendAsync(target!.Id, new NewMessage(reference, blob.Length, SystemFlags.None, null, null));
        return appended.Uid;
    }

    /// <summary>Delivers a message as storage does; gives its id.</summary>
    public async Task<string> DeliverAsync(string address, string message, bool smtputf8 = false)
    {
        var account = await Accounts.AuthenticateAsync(address, Password);
        await using var blob = Blobs.Create();
        await blob.WriteAsync(Encoding.UTF8.GetBytes(message));
        var id = Guid.NewGuid().ToString("N");
        await Store.DeliverAsync([new DeliverMessage
        {
            MessageId = id,
            ReversePath = "sender@elsewhere.test",
            Recipients = [new LocalRecipient { AccountId = account!.Id, Address = address, ForwardPath = address }],
            Body = await blob.CompleteAsync(),
            SizeBytes = blob.Length,
            HeaderPrefix = "Return-Path: <sender@elsewhere.test>\r\n",
            Smtputf8 = smtputf8,
            ReceivedAt = DateTimeOffset.UtcNow,
        }]);
        return id;
    }

    /// <summary>The bus of one process, as far as IMAP listens to it.</summary>
    private sealed class LocalBus : IMessageBus
    {
        public MailboxSnapshots? Snapshots { get; set; }

        public AccountWatches? Watches { get; set; }

        public Task PublishAsync<T>(T message, CancellationToken cancellationToken = default)
            where T : class
        {
            if (message is MailboxChanged changed)
            {
                Snapshots?.OnMailboxChanged(changed);
                Watches?.OnMailboxChanged(changed);
            }
            return Task.CompletedTask;
        }

        public Task SendAsync<T>(Uri queue, T message, CancellationToken cancellationToken = default)
            where T : class => Task.CompletedTask;
    }
}
