using System.Security.Cryptography.X509Certificates;
using MailMesh.Relay.Client;
using static MailMesh.Protocol.Tests.SmtpSessionScript;

namespace MailMesh.Protocol.Tests;

/// <summary>The client's side of STARTTLS, AUTH and REQUIRETLS.</summary>
public sealed class SmtpSessionSecurityTests
{
    [Fact]
    public async Task STARTTLS_protects_the_session_and_forgets_what_was_said_in_clear()
    {
        var (client, server) = DuplexStream.Pair();
        // An answer smuggled in behind the go-ahead must not be taken for one under TLS.
        var script = new ScriptedServer(server).RunAsync(
            Greeting +
            """
            S: 250-mx.test
            S: 250-PIPELINING
            S: 250 STARTTLS
            C: STARTTLS
            S: 220 go
            TLS
            C: EHLO relay.test
            S: 250 mx.test
            C: MAIL FROM:<a@x.test>
            S: 550 no
            """);
        await using var session = await SmtpSession.OpenAsync(client, Settings);
        Assert.StartsWith("TLSv1.", session.Tls);
        Assert.False(session.Capabilities.Pipelining);
        Assert.Equal(ResultKind.Failed, (await session.SendAsync(Message("x\r\n")))[0].Kind);
        await script;
    }

    [Fact]
    public async Task A_refused_STARTTLS_leaves_an_opportunistic_session_in_clear_and_ends_a_verified_one()
    {
        const string refusal = Greeting + "S: 250-mx.test\nS: 250 STARTTLS\nC: STARTTLS\nS: 454 not now\n";
        var results = await SendAsync(refusal + "C/ MAIL\nS: 550 no", Message("x\r\n"));
        Assert.Equal(ResultKind.Failed, results[0].Kind);
        Assert.Equal(("4.7.5", SmtpStage.StartTls), await StatusAsync(refusal, Settings with { Tls = TlsUse.Verified }));
        Assert.Equal(("4.7.4", SmtpStage.StartTls), await StatusAsync(Plain, Settings with { Tls = TlsUse.Verified }));
    }

    [Theory]
    [InlineData("S~ 220 go\\r\\nrubbish instead of a handshake\\r\\nand more of it to fill a record\\r\\n\nCLOSE", nameof(TlsUse.Opportunistic))]
    [InlineData("S: 220 go\nTLS", nameof(TlsUse.Verified))] // self-signed
    public async Task A_failed_handshake_is_a_fault_at_STARTTLS(string transcript, string tlsName)
    {
        var tls = Enum.Parse<TlsUse>(tlsName);
        var (client, server) = DuplexStream.Pair();
        var script = new ScriptedServer(server).RunAsync(Greeting + "S: 250-mx.test\nS: 250 STARTTLS\nC: STARTTLS\n" + transcript);
        var fault = await Assert.ThrowsAsync<SmtpFaultException>(() => SmtpSession.OpenAsync(client, Settings with { Tls = tls }));
        Assert.Equal((SmtpStage.StartTls, false), (fault.Stage, fault.IsPermanent));
        await script.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Theory]
    [InlineData("PLAIN LOGIN", "C: AUTH PLAIN AHVzZXIAcGHDnw==\nS: 235 ok")]
    [InlineData("LOGIN", "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dXNlcg==\nS: 334 UGFzc3dvcmQ6\nC: cGHDnw==\nS: 235 ok")]
    public async Task Credentials_go_out_by_the_mechanism_that_the_server_offers(string mechanisms, string exchange)
    {
        var settings = Settings with { Credentials = new SmtpCredentials("user", "paß"), Loopback = true };
        var results = await SendAsync($"{Greeting}S: 250-mx.test\nS: 250 AUTH {mechanisms}\n{exchange}\nC/ MAIL\nS: 550 no", Message("x\r\n"), settings);
        Assert.Equal(ResultKind.Failed, results[0].Kind);
    }

    [Fact]
    public async Task Credentials_never_go_out_in_clear_and_a_wrong_password_shows_none_of_it()
    {
        var settings = Settings with { Credentials = new SmtpCredentials("user", "secret") };
        const string offer = Greeting + "S: 250-mx.test\nS: 250 AUTH PLAIN\n";
        Assert.Equal(("4.7.11", SmtpStage.Auth), await StatusAsync(offer + "END", settings));
        var fault = await OpenFaultAsync(offer + "C/ AUTH PLAIN\nS: 535 5.7.8 no", settings with { Loopback = true });
        Assert.Equal(("4.7.8", false), (fault.Status, fault.IsPermanent));
        Assert.DoesNotContain("secret", fault.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", settings.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "REQUIRETLS", null)]
    [InlineData(true, "HELP", "5.7.30")]
    [InlineData(false, "REQUIRETLS", "5.7.30")]
    public async Task REQUIRETLS_goes_only_over_a_verified_session_to_a_server_that_announces_it(bool trusted, string capability, string? status)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        if (trusted)
            trust.CustomTrustStore.Add(ScriptedServer.Certificate);
        var rest = status is null ? "C: MAIL FROM:<a@x.test> REQUIRETLS\nS: 550 no" : "END";
        var results = await SendAsync(
            $"{Greeting}S: 250-mx.test\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS\nC: EHLO relay.test\nS: 250-mx.test\nS: 250 {capability}\n{rest}",
            Message("x\r\n") with { RequireTls = true }, Settings with { Trust = trust });
        Assert.Equal((ResultKind.Failed, status ?? "5.0.0"), (results[0].Kind, results[0].Status));
    }

    [Theory]
    [InlineData("HELP", ResultKind.Failed, "5.7.30")]
    [InlineData("REQUIRETLS", ResultKind.Failed, "5.7.30")]
    [InlineData("STARTTLS", ResultKind.Deferred, "4.7.5")] // the handshake broke, and may not another time
    internal async Task REQUIRETLS_never_goes_in_clear(string capability, ResultKind kind, string status)
    {
        var results = await SendAsync($"{Greeting}S: 250-mx.test\nS: 250 {capability}\nEND", Message("x\r\n") with { RequireTls = true }, Settings with { Tls = TlsUse.Never });
        Assert.Equal((kind, status), (results[0].Kind, results[0].Status));
    }
}
