using System.Diagnostics;
using System.Globalization;
using MailMesh.Hosting;

namespace MailMesh.Unit.Tests.Hosting;

public sealed class TraceIdTests
{
    [Fact]
    public void It_begins_with_its_moment_and_none_comes_twice()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var ids = Enumerable.Range(0, 10_000).Select(_ => Telemetry.NewTraceId().ToHexString()).ToList();
        var after = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Assert.All(ids, id => Assert.InRange(MomentOf(id), before, after));
        // As text, which is how tables have it, what came later comes later.
        Assert.Equal(ids.Select(MomentOf), ids.Order(StringComparer.Ordinal).Select(MomentOf));
        Assert.Equal(ids.Count, ids.Select(id => id[12..]).Distinct().Count());
    }

    [Fact]
    public void A_trace_that_begins_here_has_such_an_id()
    {
        using var listener = new ActivityListener { ShouldListenTo = source => source.Name == Telemetry.Name, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData };
        ActivitySource.AddActivityListener(listener);
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        using var trace = Telemetry.StartTrace("a message", ActivityKind.Server);
        Assert.InRange(MomentOf(trace!.TraceId.ToHexString()), before, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        using var span = Telemetry.StartSpan("a step", ActivityKind.Consumer, trace.Id);
        Assert.Equal(trace.TraceId, span!.TraceId);
    }

    private static long MomentOf(string id) => long.Parse(id.AsSpan(0, 12), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
