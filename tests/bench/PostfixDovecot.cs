using System.Globalization;
using MailMesh.Testing;

namespace MailMesh.Bench;

/// <summary>Postfix that hands to Dovecot by LMTP, each with the durability of its default, in a scratch folder on free ports; see peer/up.</summary>
internal sealed class PostfixDovecot : IMailSystem
{
    private readonly string _folder;
    private readonly int _firstPort;

    private PostfixDovecot(string folder, int firstPort)
    {
        _folder = folder;
        _firstPort = firstPort;
    }

    public static bool IsInstalled => File.Exists("/usr/sbin/postfix") && File.Exists("/usr/sbin/dovecot") && File.Exists("/usr/lib/dovecot/lmtp") && Environment.IsPrivilegedProcess;

    public string Name => "Postfix+Dovecot";

    public IReadOnlyList<int> SmtpPorts => [_firstPort];

    public IReadOnlyList<int> ImapPorts => [_firstPort + 1];

    public string Password => "pw";

    private static string Script(string name) => Path.Combine(Repository.Root, "tests", "bench", "peer", name);

    public static async Task<PostfixDovecot> StartAsync(int accounts)
    {
        var peer = new PostfixDovecot(Scratch.NewFolder("peer"), ServerPorts.Find().First);
        try
        {
            (await ExternalCommand.RunAsync(Script("up"), [peer._folder, $"{peer._firstPort}", $"{accounts}"])).Expect();
            foreach (var id in peer.Masters())
                Scratch.NoteProcess(id);
            return peer;
        }
        catch
        {
            await ExternalCommand.RunAsync(Script("down"), [peer._folder]);
            throw;
        }
    }

    public string Account(int number) => $"u{number}@bench.test";

    public async Task<ImapWire> LoginAsync(int account, bool tls = false)
    {
        var imap = await ImapWire.ConnectAsync(_firstPort + 1);
        (await imap.CommandAsync($"LOGIN {Account(account)} {Password}")).Expect("OK");
        return imap;
    }

    public TimeSpan Cpu() => ProcessTree.Cpu(Masters());

    public long MemoryBytes() => ProcessTree.MemoryBytes(Masters());

    public async ValueTask DisposeAsync()
    {
        var masters = Masters();
        (await ExternalCommand.RunAsync(Script("down"), [_folder])).Expect();
        foreach (var id in masters)
            Scratch.ForgetProcess(id);
    }

    private List<int> Masters() =>
        [.. File.ReadAllLines(Path.Combine(_folder, "masters")).Select(line => int.Parse(line.Trim(), CultureInfo.InvariantCulture))];
}
