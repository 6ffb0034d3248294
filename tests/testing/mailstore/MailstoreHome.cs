using System.Text;
using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Database;
using MailMesh.Mailstore;

namespace MailMesh.Testing;

/// <summary>Database, blobs and mailbox model of a server in a folder of its own, without the server.</summary>
public sealed class MailstoreHome : IAsyncDisposable
{
    private readonly string _folder;
    private readonly EngineDatabase _engine;
    private long _domainId;

    private MailstoreHome(string folder, EngineDatabase engine, TimeProvider clock, long maxSegmentBytes)
    {
        _folder = folder;
        _engine = engine;
        Clock = clock;
        Database = engine.Main;
        Blobs = new PackBlobStore(new FilePackStorage(Path.Combine(folder, "blobs"), maxSegmentBytes));
        Directory = new MailboxDirectory(Database, Bus, clock);
        Access = new MailboxAccess(Database, Directory);
        Annotations = new MailboxAnnotations(Database, Bus);
        Rights = new AccessControlList(Database, Bus);
        Store = new MailboxStore(Database, Blobs, Bus, clock);
        Snapshots = new MailboxSnapshots(Store);
        Bus.Subscribe<MailboxChanged>(Snapshots.OnMailboxChanged);
    }

    public string Folder => _folder;

    public TimeProvider Clock { get; }

    public MailDatabase Database { get; }

    public PackBlobStore Blobs { get; }

    public InProcessBus Bus { get; } = new();

    public MailboxDirectory Directory { get; }

    public MailboxAccess Access { get; }

    public MailboxAnnotations Annotations { get; }

    public AccessControlList Rights { get; }

    public MailboxStore Store { get; }

    public MailboxSnapshots Snapshots { get; }

    /// <param name="maxSegmentBytes">Small, so that packs are soon full.</param>
    public static async Task<MailstoreHome> CreateAsync(
        TimeProvider? clock = null, long maxSegmentBytes = FilePackStorage.DefaultMaxSegmentBytes, DatabaseEngine engine = DatabaseEngine.Sqlite)
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("mailmesh-store-").FullName;
        var home = new MailstoreHome(folder, await EngineDatabase.CreateAsync(engine), clock ?? TimeProvider.System, maxSegmentBytes);
        home._domainId = await home.Database.ChangeAsync(async context =>
        {
            var domain = new Domain { Name = "example.test" };
            context.Domains.Add(domain);
            await context.SaveChangesAsync();
            return domain.Id;
        });
        return home;
    }

    /// <summary>The mailbox model as another copy of a service has it, on the same database and bodies.</summary>
    public MailboxStore AnotherStore() => new(_engine.Connect(), Blobs, Bus, Clock);

    /// <inheritdoc cref="AnotherStore"/>
    public MailboxDirectory AnotherDirectory() => new(_engine.Connect(), Bus, Clock);

    public Task<long> AddAccountAsync(string name) => Database.ChangeAsync(async context =>
    {
        var account = new Account { DomainId = _domainId, Address = $"{name}@example.test", PasswordHash = "" };
        context.Accounts.Add(account);
        await context.SaveChangesAsync();
        return account.Id;
    });

    public Task SetQuotaAsync(long accountId, long? octets, long? messages) => Database.WriteAsync(session => session.ExecuteAsync(
        "UPDATE accounts SET quota_bytes = CAST(@octets AS BIGINT), quota_messages = CAST(@messages AS BIGINT) WHERE id = @id",
        ("@octets", octets), ("@messages", messages), ("@id", accountId)));

    public Task RemoveAccountAsync(long accountId) => Database.WriteAsync(session =>
        session.ExecuteAsync("DELETE FROM accounts WHERE id = @id", ("@id", accountId)));

    public async Task<string> PutAsync(byte[] body)
    {
        await using var writer = Blobs.Create();
        await writer.WriteAsync(body);
        return await writer.CompleteAsync();
    }

    /// <summary>A judged message whose body is in the blob store.</summary>
    public async Task<DeliverMessage> MessageAsync(string text, params IReadOnlyList<long> accounts)
    {
        var body = Encoding.UTF8.GetBytes($"From: a@example.test\r\nSubject: {text}\r\n\r\n{text}\r\n");
        return new DeliverMessage
        {
            MessageId = Guid.NewGuid().ToString("N"),
            ReversePath = "a@elsewhere.test",
            Recipients = [.. accounts.Select(id => new LocalRecipient { AccountId = id, Address = $"account{id}@example.test", ForwardPath = $"account{id}@example.test" })],
            Body = await PutAsync(body),
            SizeBytes = body.Length,
            HeaderPrefix = "Return-Path: <a@elsewhere.test>\r\n",
            ReceivedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123),
        };
    }

    /// <summary>Appends a small message; gives its UID.</summary>
    public async Task<long> AppendAsync(long mailboxId, string text = "hello", SystemFlags flags = SystemFlags.None, string? keywords = null)
    {
        var body = Encoding.UTF8.GetBytes($"Subject: {text}\r\n\r\n{text}\r\n");
        var appended = await Store.AppendAsync(mailboxId, new NewMessage(await PutAsync(body), body.Length, flags, keywords, InternalDate: null));
        return appended.Uid;
    }

    public Task<long> CountAsync(string table) => table switch
    {
        "contents" => Database.ReadAsync(session => session.ScalarAsync<long>("SELECT count(*) FROM contents")),
        "deliveries" => Database.ReadAsync(session => session.ScalarAsync<long>("SELECT count(*) FROM deliveries")),
        "messages" => Database.ReadAsync(session => session.ScalarAsync<long>("SELECT count(*) FROM messages")),
        "expunged" => Database.ReadAsync(session => session.ScalarAsync<long>("SELECT count(*) FROM expunged")),
        _ => throw new ArgumentOutOfRangeException(nameof(table)),
    };

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await Blobs.DisposeAsync();
        System.IO.Directory.Delete(_folder, recursive: true);
    }
}
