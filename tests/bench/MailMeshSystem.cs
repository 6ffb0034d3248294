using System.Globalization;
using MailMesh.Testing;

namespace MailMesh.Bench;

/// <summary>Our standalone on its embedded default, with the durability that it has for everybody.</summary>
internal sealed class MailMeshSystem : IMailSystem
{
    private MailMeshSystem(RunningServer server) => Server = server;

    public RunningServer Server { get; }

    public string Name => "MailMesh";

    public IReadOnlyList<int> SmtpPorts => [Server.Ports.Smtp];

    public IReadOnlyList<int> ImapPorts => [Server.Ports.Imap];

    public string Password => MailServer.Password;

    public static async Task<MailMeshSystem> StartAsync(int accounts) =>
        new(await RunningServer.StartAsync(new ServerOptions { Accounts = [.. Enumerable.Range(0, accounts).Select(Address)] }));

    public string Account(int number) => Address(number);

    public Task<ImapWire> LoginAsync(int account, bool tls = true) => ImapWire.LoginAsync(Server, Address(account), tls: tls);

    public TimeSpan Cpu() => ProcessTree.Cpu([Server.ProcessId]);

    public long MemoryBytes() => ProcessTree.MemoryBytes([Server.ProcessId]);

    public async Task<long?> AllocatedBytesAsync()
    {
        const string counter = "dotnet_gc_heap_total_allocated_bytes_total";
        var metrics = await Server.Http.GetStringAsync("metrics");
        var line = metrics.Split('\n').First(text => text.StartsWith(counter, StringComparison.Ordinal));
        return (long)double.Parse(line.AsSpan(line.LastIndexOf('}') + 1).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture);
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private static string Address(int number) => $"u{number}@bench.test";
}
