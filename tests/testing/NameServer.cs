using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MailMesh.Testing;

/// <summary>Knot DNS on loopback, authoritative for the whole tree: it knows the records it is given and says NXDOMAIN to all else, so that no test asks the Internet.</summary>
public sealed class NameServer : IAsyncDisposable
{
    private static readonly Lazy<Task<NameServer>> OfThisProcess = new(() => StartAsync([]));

    private readonly Process _process;

    private NameServer(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>For MAILMESH__DNS__SERVERS.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>One without records, for servers whose DNS does not matter; it lives as long as the test process.</summary>
    public static Task<NameServer> EmptyAsync() => OfThisProcess.Value;

    /// <summary>Starts one with records in the form of a zone file, all names absolute.</summary>
    public static async Task<NameServer> StartAsync(IEnumerable<string> records)
    {
        var folder = Scratch.NewFolder("dns");
        var port = ServerPorts.Find().First;
        string[] zone = [". 3600 IN SOA ns.test. hostmaster.test. 1 3600 600 86400 1", ". 3600 IN NS ns.test.", "ns.test. 3600 IN A 127.0.0.1", .. records];
        await File.WriteAllLinesAsync(Path.Combine(folder, "root.zone"), zone);
        await File.WriteAllTextAsync(Path.Combine(folder, "knot.conf"), $"""
            server:
              rundir: "{folder}"
              pidfile: "{folder}/knot.pid"
              listen: 127.0.0.1@{port}
              udp-workers: 1
              tcp-workers: 1
              background-workers: 1
            database:
              storage: "{folder}"
            template:
              - id: default
                storage: "{folder}"
                zonefile-load: whole
                journal-content: none
            zone:
              - domain: .
                file: root.zone
            """);
        var start = new ProcessStartInfo("/usr/sbin/knotd", ["-c", Path.Combine(folder, "knot.conf")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var log = new ServerLog();
        var server = new NameServer(Process.Start(start) ?? throw new InvalidOperationException("knotd did not start."), port);
        Scratch.NoteProcess(server._process.Id);
        server._process.StandardInput.Close();
        log.Follow(server._process, _ => { });
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Kill();
        try
        {
            await Wait.UntilAsync("the name server answers", server.AnswersAsync, TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException failure)
        {
            server.Kill();
            throw new InvalidOperationException($"{failure.Message}\n{log}", failure);
        }
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync();
        Scratch.ForgetProcess(_process.Id);
    }

    private void Kill()
    {
        if (!_process.HasExited)
            _process.Kill();
    }

    private async Task<bool> AnswersAsync()
    {
        if (_process.HasExited)
            throw new InvalidOperationException($"knotd ended with {_process.ExitCode}.");
        using var socket = new UdpClient();
        socket.Connect(IPAddress.Loopback, Port);
        // A query for the SOA of the root: id 1, one question, the empty name, type 6, class IN.
        await socket.SendAsync(new byte[] { 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 1 });
        using var expiry = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        try
        {
            var answer = await socket.ReceiveAsync(expiry.Token);
            return answer.Buffer.Length > 12 && (answer.Buffer[3] & 0x0F) == 0;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
