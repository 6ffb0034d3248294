using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Filtering;
using MailMesh.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Unit.Tests.Filtering;

public sealed class JudgeTests : IAsyncLifetime
{
    private readonly PackBlobStore _blobs = PackBlobStore.OnFiles(Scratch.NewFolder("judge"));
    private readonly FakeTimeProvider _clock = new(Received.Now);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _blobs.DisposeAsync();

    [Theory]
    [InlineData(4.9, Disposition.Accept)]
    [InlineData(5.0, Disposition.Junk)]
    public async Task The_sum_of_scores_decides(double score, Disposition expected)
    {
        var verdict = await JudgeAsync(new FixedCheck("a", new Finding { Result = "x", Score = score - 1 }), new FixedCheck("b", (Finding?)null), new FixedCheck("c", new Finding { Result = "y", Score = 1 }));
        Assert.Equal(expected, verdict.Disposition);
        Assert.Equal(["a", "c"], verdict.Checks.Select(check => check.Check));
    }

    [Fact]
    public async Task What_the_session_found_counts_unless_a_check_looked_again()
    {
        var message = Received.Message();
        message = message with
        {
            Connection = message.Connection with
            {
                Checks =
                [
                    new CheckResult { Check = "iprev", Result = "fail", Score = 0.5, Evidence = "192.0.2.3 is nobody", Version = "1" },
                    new CheckResult { Check = "dnslist bl.example", Result = "listed", Score = 3, Version = "1" },
                    new CheckResult { Check = "spf", Result = "pass", Score = -100, Version = "1" },
                ],
            },
        };
        var verdict = await JudgeAsync(message, new FixedCheck("spf", new Finding { Result = "softfail", Score = 1.5 }));
        Assert.Equal((Disposition.Junk, 5.0), (verdict.Disposition, verdict.Score));
        Assert.Equal(["spf softfail", "iprev fail", "dnslist bl.example listed"], verdict.Checks.Select(check => $"{check.Check} {check.Result}"));
        Assert.Contains("; iprev=fail policy.iprev=192.0.2.3", new TraceFields("mail.example.com").ForRelay(message, verdict).ReplaceLineEndings(""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clear_rule_refuses_whatever_the_score()
    {
        var refusal = new Refusal(550, "5.7.1", "no");
        var verdict = await JudgeAsync(new FixedCheck("a", new Finding { Result = "fail", Score = -10, Refusal = refusal }));
        Assert.Equal((Disposition.Reject, refusal), (verdict.Disposition, verdict.Refusal));
    }

    [Fact]
    public async Task A_check_that_fails_or_never_ends_is_a_temperror_and_stops_no_mail()
    {
        var judging = JudgeAsync(
            new FixedCheck("broken", () => throw new InvalidOperationException("broken")),
            new FixedCheck("deaf", () => Task.Delay(Timeout.Infinite).ContinueWith(_ => (Finding?)null)),
            new FixedCheck("good", new Finding { Result = "pass" }));
        await Wait.UntilAsync("the deadline", () =>
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            return Task.FromResult(judging.IsCompleted);
        });
        var verdict = await judging;
        Assert.Equal(["temperror", "temperror", "pass"], verdict.Checks.Select(check => check.Result));
        Assert.Equal(Disposition.Accept, verdict.Disposition);
        Assert.Contains("10 s", verdict.Checks[1].Evidence);
    }

    [Fact]
    public async Task A_loop_is_refused_past_a_hundred_hops()
    {
        Assert.Null(await HopsAsync(100));
        Assert.Equal("5.4.6", (await HopsAsync(101))?.Refusal?.EnhancedStatus);

        async Task<Finding?> HopsAsync(int hops)
        {
            var text = string.Concat(Enumerable.Repeat("Received: from a by b; Thu, 1 Jan 1970 00:00:00 +0000\r\n", hops)) + "\r\n";
            var context = await (await Received.Message().StoredIn(_blobs, text)).ContextIn(_blobs);
            return await new LoopCheck(new FilteringOptions()).CheckAsync(context, default);
        }
    }

    private Task<Verdict> JudgeAsync(params ICheck[] checks) => JudgeAsync(Received.Message(), checks);

    private async Task<Verdict> JudgeAsync(MessageReceived message, params ICheck[] checks)
    {
        var context = await (await message.StoredIn(_blobs, "Subject: x\r\n\r\n")).ContextIn(_blobs);
        return await new Judge(checks, new FilteringOptions(), _clock, NullLogger<Judge>.Instance).JudgeAsync(context, default);
    }

    private sealed class FixedCheck(string name, Func<Task<Finding?>> check) : ICheck
    {
        public FixedCheck(string name, Finding? finding)
            : this(name, () => Task.FromResult(finding))
        {
        }

        public string Name => name;

        public string Version => "1";

        public Task<Finding?> CheckAsync(FilterContext context, CancellationToken cancellationToken) => check();
    }
}
