using System.Text;
using MailMesh.Testing;
using Npgsql;

namespace MailMesh.Integration.Tests.Mesh;

/// <summary>What a client was told is kept is kept, whatever becomes of the access copy that told it.</summary>
public sealed class KilledAccessTests
{
    private const string Account = "kay@mesh.test";

    private const int Messages = 5;

    /// <summary>The object store is away, so that the bodies are in the journal alone.</summary>
    [MeshFact]
    public async Task Appended_messages_outlive_a_copy_that_is_killed_before_it_has_written_them_to_the_object_store()
    {
        var engines = EngineAddresses.FromEnvironment();
        await using var proxy = TcpProxy.To(engines.S3.Port);
        await using var mesh = await MeshCluster.StartAsync(
            accounts: [Account], reach: engines.Through(engines.RabbitMq.Port, engines.PostgresPort, proxy.Port),
            settings: new Dictionary<string, string> { ["MAILMESH__STORAGE__JOURNAL__GRACE"] = "00:00:02" });
        await using (var imap = await ImapWire.LoginAsync(mesh.Access[0], Account))
        {
            proxy.Refuse();
            for (var i = 1; i <= Messages; i++)
                (await imap.CommandAsync($"APPEND INBOX {{{Text(i).Length}+}}\r\n{Text(i)}")).Expect("OK");
        }
        await mesh.Access[0].KillAsync();
        Assert.NotEqual(0, await JournaledAsync(mesh));

        var other = mesh.Add("access");
        proxy.Pass();
        await other.ReadyAsync();
        await AssertReadableAsync(other);
        await Wait.UntilAsync("storage has written the bodies to the object store", async () => await JournaledAsync(mesh) == 0);
        await AssertReadableAsync(other);
    }

    private static async Task AssertReadableAsync(MeshProcess access)
    {
        await using var imap = await ImapWire.LoginAsync(access, Account);
        (await imap.CommandAsync("SELECT INBOX")).Expect("OK");
        for (var i = 1; i <= Messages; i++)
        {
            var answer = (await imap.CommandAsync($"FETCH {i} BODY.PEEK[]")).Expect("OK");
            Assert.Equal(Text(i), Encoding.ASCII.GetString(answer.Literal));
        }
    }

    private static async Task<long> JournaledAsync(MeshCluster mesh)
    {
        await using var connection = new NpgsqlConnection(mesh.Engines.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pack_journal", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static string Text(int number) => $"Subject: {number}\r\n\r\nThe body of message {number}.\r\n";
}
