using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MailMesh.Hosting;

/// <summary>The spans and metrics of every service.</summary>
public static class Telemetry
{
    public const string Name = "MailMesh";

    public static readonly ActivitySource Source = new(Name);

    public static readonly Meter Meter = new(Name);

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
