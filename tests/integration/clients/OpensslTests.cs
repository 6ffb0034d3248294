using System.Globalization;
using System.Text.RegularExpressions;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Clients;

/// <summary>openssl s_client at every listener: whose certificate it sees, and what it is refused.</summary>
public sealed partial class OpensslTests : IAsyncLifetime
{
    private const string Hostname = "mx.mesh.test";
    private const string Other = "mail.other.example";

    private readonly string _folder = Scratch.NewFolder("openssl");
    private RunningServer _server = null!;

    public async Task InitializeAsync()
    {
        // One as certbot has it, one as lego has it.
        TestCertificate.For(Hostname).Write(PathOf(Hostname, "fullchain.pem"), PathOf(Hostname, "privkey.pem"));
        TestCertificate.WithRsa(Other).Write(PathOf($"{Other}.crt"), PathOf($"{Other}.key"));
        _server = await RunningServer.StartAsync(new ServerOptions { Hostname = Hostname, Environment = new Dictionary<string, string> { ["MAILMESH__TLS__FOLDER"] = _folder } });
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task Each_name_gets_its_certificate_on_every_listener_and_a_renewed_one_without_a_restart()
    {
        (int Port, string? StartTls)[] listeners =
        [
            (_server.Ports.Smtp, "smtp"), (_server.Ports.Submission, "smtp"), (_server.Ports.Submissions, null),
            (_server.Ports.Imap, "imap"), (_server.Ports.Imaps, null), (_server.Ports.Pop3, "pop3"), (_server.Ports.Pop3s, null),
        ];
        foreach (var (port, startTls) in listeners)
        {
            Assert.Contains($"CN={Other}", Plain(await ConnectAsync(port, startTls, "-servername", Other)), StringComparison.Ordinal);
            Assert.Contains($"CN={Hostname}", Plain(await ConnectAsync(port, startTls, "-servername", "unknown.example")), StringComparison.Ordinal);
            Assert.Contains($"CN={Hostname}", Plain(await ConnectAsync(port, startTls, "-noservername")), StringComparison.Ordinal);
        }
        var before = SerialOf(await ConnectAsync(_server.Ports.Imaps, null, "-servername", Other));
        TestCertificate.For(Other).Write(PathOf($"{Other}.crt"), PathOf($"{Other}.key"));
        await Wait.UntilAsync("the renewed certificate", async () => SerialOf(await ConnectAsync(_server.Ports.Imaps, null, "-servername", Other)) != before);
        // Half of a renewal changes nothing, and is told.
        var renewed = SerialOf(await ConnectAsync(_server.Ports.Imaps, null, "-servername", Other));
        await File.WriteAllTextAsync(PathOf($"{Other}.key"), "");
        await Wait.UntilAsync("the warning", () => Task.FromResult(_server.Log.Contains($"{PathOf($"{Other}.key")} is not PEM", StringComparison.Ordinal)));
        Assert.Equal(renewed, SerialOf(await ConnectAsync(_server.Ports.Imaps, null, "-servername", Other)));
        Assert.DoesNotContain("PRIVATE KEY", _server.Log, StringComparison.Ordinal);
        Assert.Contains($"{PathOf($"{Other}.key")} is not PEM", (await _server.CliAsync("doctor")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_TLS_1_2_and_1_3_are_spoken_and_handshakes_are_counted()
    {
        foreach (var version in new[] { "-tls1_2", "-tls1_3" })
            Assert.Contains(version == "-tls1_2" ? "TLSv1.2" : "TLSv1.3", await ConnectAsync(_server.Ports.Submissions, null, version), StringComparison.Ordinal);
        // At security level 0 openssl offers what nobody should.
        foreach (var version in new[] { "-tls1", "-tls1_1" })
            Assert.Contains("protocol version", await ConnectAsync(_server.Ports.Submissions, null, version, "-cipher", "ALL:@SECLEVEL=0"), StringComparison.Ordinal);
        await Wait.UntilAsync("the count of handshakes", async () =>
        {
            var metrics = await _server.Http.GetStringAsync("metrics");
            return CountOf(metrics, "1.2", "ok") > 0 && CountOf(metrics, "1.3", "ok") > 0 && CountOf(metrics, "none", "version") == 2;
        });
        Assert.Matches(@"mailmesh_tls_certificate_remaining_seconds\{.*certificate=""mx\.mesh\.test"".*\} 7\d{6}", await _server.Http.GetStringAsync("metrics"));
    }

    [Fact]
    public async Task SIGHUP_has_the_files_read_and_ends_nothing()
    {
        _server.HangUp();
        await Wait.UntilAsync("the count", async () => Regex.IsMatch(await _server.Http.GetStringAsync("metrics"), @"mailmesh_tls_reloads_total\{.*outcome=""ok"".*\} 1"));
        Assert.Contains($"CN={Other}", Plain(await ConnectAsync(_server.Ports.Imaps, null, "-servername", Other)), StringComparison.Ordinal);
    }

    /// <summary>What a client resumes spares both sides the public-key work.</summary>
    [Fact]
    public async Task Sessions_are_resumed()
    {
        var ticket = Path.Combine(_folder, "session");
        await ConnectAsync(_server.Ports.Imaps, null, "-servername", Other, "-tls1_2", "-sess_out", ticket);
        Assert.Contains("Reused, TLSv1.2", await ConnectAsync(_server.Ports.Imaps, null, "-servername", Other, "-tls1_2", "-sess_in", ticket), StringComparison.Ordinal);
    }

    private string PathOf(params string[] names) => Path.Combine([_folder, .. names]);

    private async Task<string> ConnectAsync(int port, string? startTls, params string[] arguments)
    {
        string[] start = startTls is null ? [] : ["-starttls", startTls];
        var result = await ExternalCommand.RunAsync("openssl", ["s_client", "-connect", $"127.0.0.1:{port}", .. start, .. arguments], input: []);
        return result.Text + result.Error;
    }

    private static string SerialOf(string said) => CertificatePattern().Match(said).Value;

    private static string Plain(string said) => said.Replace(" = ", "=", StringComparison.Ordinal);

    private static double CountOf(string metrics, string version, string outcome)
    {
        var line = Regex.Match(metrics, $@"^mailmesh_tls_handshakes_total\{{(?=.*listener=""submissions"")(?=.*outcome=""{outcome}"")(?=.*version=""{Regex.Escape(version)}"").*\}} (\d+)", RegexOptions.Multiline);
        return line.Success ? double.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", RegexOptions.Singleline)]
    private static partial Regex CertificatePattern();
}
