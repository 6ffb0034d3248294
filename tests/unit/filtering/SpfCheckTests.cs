using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Filtering;
using MailMesh.Testing;

namespace MailMesh.Unit.Tests.Filtering;

public sealed class SpfCheckTests : IAsyncLifetime
{
    private readonly PackBlobStore _blobs = PackBlobStore.OnFiles(Scratch.NewFolder("spf"));
    private readonly FixedDnsResolver _dns = new FixedDnsResolver()
        .Add("example.net", "TXT", "v=spf1 ip4:192.0.2.3 -all exp=why.example.net").Add("why.example.net", "TXT", "%{i} may not")
        .Add("mx.example.net", "TXT", "v=spf1 ~all");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _blobs.DisposeAsync();

    [Fact]
    public async Task A_permitted_client_passes()
    {
        var finding = await CheckAsync(Received.Message());
        Assert.Equal(("pass", 0.0), (finding?.Result, finding?.Score));
        Assert.Equal(["spf=pass smtp.mailfrom=example.net"], finding!.AuthenticationResults);
        Assert.Equal(
            "Received-SPF: pass (mail.example.com: 'ip4:192.0.2.3' of example.net matches) client-ip=192.0.2.3; "
            + "envelope-from=\"sender@example.net\"; helo=mx.example.net; receiver=mail.example.com; identity=mailfrom;",
            finding.TraceField);
    }

    [Fact]
    public async Task A_fail_scores_and_refuses_only_where_the_operator_says_so()
    {
        var message = Received.Message(client: "203.0.113.1");
        var finding = await CheckAsync(message);
        Assert.Equal(("fail", null), (finding?.Result, finding?.Refusal));
        Assert.InRange(finding!.Score, 1, 4.9);
        finding = await CheckAsync(message, new FilteringOptions { RejectSpfFail = true });
        Assert.Equal("SPF: the domain explains: 203.0.113.1 may not", finding?.Refusal?.Text);
    }

    [Fact]
    public async Task A_null_reverse_path_is_judged_by_helo()
    {
        var finding = await CheckAsync(Received.Message(""));
        Assert.Equal(["spf=softfail smtp.helo=mx.example.net"], finding!.AuthenticationResults);
    }

    [Fact]
    public async Task Users_and_our_own_mail_are_not_asked_about()
    {
        Assert.Null(await CheckAsync(Received.Message().Authenticated()));
        Assert.Null(await CheckAsync(Received.Message().FromRelayClient()));
        Assert.Null(await CheckAsync(Received.Message("", "")));
        var local = await CheckAsync(Received.Message(client: "127.0.0.1"));
        Assert.Equal(("none", "local client"), (local?.Result, local?.Evidence));
        Assert.StartsWith("Received-SPF: none (mail.example.com: local client) client-ip=127.0.0.1;", local!.TraceField);
        Assert.Empty(_dns.Questions);
    }

    [Theory]
    [InlineData("softfail", "mailfrom example.net from 192.0.2.3: told", "softfail", 0)]
    [InlineData("temperror", "mailfrom example.net from 192.0.2.3: told", "pass", 1)]
    [InlineData("softfail", "mailfrom other.example from 192.0.2.3: told", "pass", 1)]
    [InlineData("nonsense", "mailfrom example.net from 192.0.2.3: told", "pass", 1)]
    public async Task What_the_session_asked_is_not_asked_again(string result, string evidence, string expected, int questions)
    {
        var message = Received.Message();
        var known = new CheckResult { Check = "spf", Result = result, Evidence = evidence, Version = "1" };
        var finding = await CheckAsync(message with { Connection = message.Connection with { Checks = [known] } });
        Assert.Equal((expected, questions), (finding?.Result, _dns.Questions.Count));
        Assert.Contains(questions == 0 ? "told" : "ip4", finding?.TraceField, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_explanation_is_asked_for_again()
    {
        var message = Received.Message(client: "203.0.113.1");
        var known = new CheckResult { Check = "spf", Result = "fail", Evidence = "mailfrom example.net from 203.0.113.1: told", Version = "1" };
        var finding = await CheckAsync(message with { Connection = message.Connection with { Checks = [known] } }, new FilteringOptions { RejectSpfFail = true });
        Assert.Equal("SPF: the domain explains: 203.0.113.1 may not", finding?.Refusal?.Text);
    }

    [Theory]
    [InlineData("\"a\\\"; spf=pass\"@example.net")]
    [InlineData("a\r\nX: y@example.net")]
    public async Task What_the_client_says_stays_inside_its_field(string reversePath)
    {
        var finding = await CheckAsync(Received.Message(reversePath));
        var verdict = new Verdict(Disposition.Accept, 0, null, [], [finding!]);
        var prefix = new TraceFields("mail.example.com").ForDelivery(Received.Message(reversePath), verdict);
        Assert.All(prefix.TrimEnd().Split("\r\n"), line => Assert.Matches("^(\t|Return-Path: |Authentication-Results: |Received-SPF: )", line));
    }

    private async Task<Finding?> CheckAsync(MessageReceived message, FilteringOptions? options = null)
    {
        var context = await (await message.StoredIn(_blobs, "Subject: x\r\n\r\n")).ContextIn(_blobs);
        return await new SpfCheck(_dns, options ?? new FilteringOptions(), Received.Host, TimeProvider.System).CheckAsync(context, default);
    }
}
