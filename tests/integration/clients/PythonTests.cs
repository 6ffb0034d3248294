using System.Globalization;
using MailMesh.Integration.Tests.Server;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Clients;

/// <summary>Python's own imaplib, poplib and smtplib; the sessions are scripts beside this file.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class PythonTests(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public Task Imaplib() => RunAsync("imaplib_session.py", _server.Ports.Smtp, _server.Ports.Imap);

    [Fact]
    public Task Imaplib_sessions_side_by_side() => RunAsync("imaplib_two_sessions.py", _server.Ports.Smtp, _server.Ports.Imap);

    [Fact]
    public Task Poplib() => RunAsync("poplib_session.py", _server.Ports.Smtp, _server.Ports.Pop3, _server.Ports.Pop3s);

    [Fact]
    public Task Smtplib() => RunAsync("smtplib_session.py", _server.Ports.Submission, _server.Ports.Submissions, _server.Ports.Imap);

    [Fact]
    public Task Smtplib_asking_for_notifications() => RunAsync("smtplib_dsn.py", _server.Ports.Submission, _server.Ports.Imap);

    [Fact]
    public Task Chunks_of_a_binary_message() => RunAsync("bdat_session.py", _server.Ports.Smtp, _server.Ports.Lmtp, _server.Ports.Imap);

    private async Task RunAsync(string script, params int[] ports)
    {
        var account = await _server.NewAccountAsync("python");
        var path = Path.Combine(Repository.Root, "tests", "integration", "clients", script);
        var environment = new Dictionary<string, string> { ["CERTIFICATE"] = Path.Combine(_server.Data, "certificate.pem"), ["PYTHONDONTWRITEBYTECODE"] = "1" };
        var result = await ExternalCommand.RunAsync(
            "/usr/bin/python3", [path, account, MailServer.Password, .. ports.Select(port => port.ToString(CultureInfo.InvariantCulture))], environment: environment);
        Assert.EndsWith("done\n", result.Expect().Text, StringComparison.Ordinal);
    }
}
