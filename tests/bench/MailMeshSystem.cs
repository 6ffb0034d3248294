using MailMesh.Testing;

namespace MailMesh.Bench;

/// <summary>Our standalone on its embedded default, with the durability that it has for everybody.</summary>
internal sealed class MailMeshSystem : IMailSystem
{
    private readonly RunningServer _server;

    private MailMeshSystem(RunningServer server) => _server = server;

    public string Name => "MailMesh";

    public IReadOnlyList<int> SmtpPorts => [_server.Ports.Smtp];

    public static async Task<MailMeshSystem> StartAsync(int accounts) =>
        new(await RunningServer.StartAsync(new ServerOptions { Accounts = [.. Enumerable.Range(0, accounts).Select(Address)] }));

    public string Account(int number) => Address(number);

    public Task<ImapWire> LoginAsync(int account) => ImapWire.LoginAsync(_server, Address(account));

    public TimeSpan Cpu() => ProcessTree.Cpu([_server.ProcessId]);

    public long MemoryBytes() => ProcessTree.MemoryBytes([_server.ProcessId]);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string Address(int number) => $"u{number}@bench.test";
}
