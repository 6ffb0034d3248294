using System.Buffers.Binary;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace MailMesh.Hosting;

/// <summary>The spans and metrics of every service.</summary>
public static class Telemetry
{
    public const string Name = "MailMesh";

    /// <summary>In <see cref="NewTraceId"/>: milliseconds for eight thousand years.</summary>
    private const int TimeOctets = 6;

    public static readonly ActivitySource Source = new(Name);

    public static readonly Meter Meter = new(Name);

    /// <summary>Every trace that begins in this process has an id of ours.</summary>
    static Telemetry() => Activity.TraceIdGenerator = NewTraceId;

    /// <summary>A trace id that begins with its moment, as a UUID of version 7 does (RFC 9562 §5.7), and is random for the rest.</summary>
    /// <remarks>
    /// It is the id of a message, and the key of its rows: those of messages of one moment are neighbours in every index. Random keys had each row of a message change a page of its own.
    /// W3C Trace Context wants the last seven octets random, which they are.
    /// </remarks>
    public static ActivityTraceId NewTraceId()
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() << (64 - 8 * TimeOctets));
        Random.Shared.NextBytes(id[TimeOctets..]);
        return ActivityTraceId.CreateFromBytes(id);
    }

    /// <summary>OpenTelemetry's default buckets are made for milliseconds; our times are in seconds, from a cached lookup to a stuck peer.</summary>
    internal static MetricStreamConfiguration? SecondsView(Instrument instrument) => instrument is Histogram<double> { Unit: "s" }
        ? new ExplicitBucketHistogramConfiguration { Boundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] }
        : null;

    /// <summary>Starts a trace of its own: one message, one trace, however many messages a connection brings.</summary>
    public static Activity? StartTrace(string name, ActivityKind kind)
    {
        var outer = Activity.Current;
        Activity.Current = null;
        var activity = Source.StartActivity(name, kind, default(ActivityContext));
        if (activity is null)
            Activity.Current = outer;
        return activity;
    }

    /// <summary>Starts a span below the one that <paramref name="traceParent"/> names, in whichever process that ran.</summary>
    public static Activity? StartSpan(string name, ActivityKind kind, string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent)
            ? Source.StartActivity(name, kind, parent)
            : Source.StartActivity(name, kind);
}
