using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>What a session counts. Transcripts run one after the other, so that what is counted meanwhile is this session's.</summary>
public sealed class MetricsTests : SmtpTest, IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _sums = new();

    public MetricsTests(SmtpDirectory directory)
        : base(directory)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name.StartsWith("mailmesh.ingress.", StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, 1, tags));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_session_counts_its_commands_replies_refusals_and_its_end()
    {
        await using (var session = Connect())
        {
            await new ProtocolScript(session).RunAsync(Ehlo + """
                C: MAIL FROM:<a@b.example>
                C: RCPT TO:<nobody@ours.example>
                C: RCPT TO:<alice@ours.example>
                C: DATA
                S: 250 …
                S: 550 5.1.1 …
                S: 250 …
                S: 354 …
                C: .
                S: 250 2.0.0 …
                C: QUIT
                S: 221 …
                END
                """);
            await session.Server;
        }
        Assert.Equal(1, _sums["mailmesh.ingress.sessions listener=smtp end=quit"]);
        Assert.Equal(4, _sums["mailmesh.ingress.replies code=250"]);
        Assert.Equal(1, _sums["mailmesh.ingress.replies code=550"]);
        Assert.Equal(1, _sums["mailmesh.ingress.replies code=220"]);
        Assert.Equal(1, _sums["mailmesh.ingress.commands verb=RCPT code=550"]);
        Assert.Equal(1, _sums["mailmesh.ingress.refusals reason=5.1.1 stage=RCPT"]);
        Assert.Equal(1, _sums["mailmesh.ingress.messages listener=smtp outcome=accepted"]);
        Assert.Equal(1, _sums["mailmesh.ingress.accept.duration"]);
    }

    [Fact]
    public async Task A_client_that_is_turned_away_or_leaves_is_counted_as_that()
    {
        Options = Options with { MaxConnectionsPerAddress = 1 };
        await using (var first = Connect(remote: IPAddress.Parse("192.0.2.77")))
        {
            await new ProtocolScript(first).RunAsync("S: 220 …");
            await using var second = Connect(remote: IPAddress.Parse("192.0.2.77"));
            await new ProtocolScript(second).RunAsync("S: 421 4.7.0 …\nEND");
            await first.CloseAsync();
            await first.Server;
        }
        Assert.Equal(1, _sums["mailmesh.ingress.sessions listener=smtp end=refused"]);
        Assert.Equal(1, _sums["mailmesh.ingress.sessions listener=smtp end=left"]);
        Assert.Equal(1, _sums["mailmesh.ingress.refusals reason=4.7.0 stage=connect"]);
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = instrument.Name;
        foreach (var (name, text) in tags)
            key += $" {name}={text}";
        _sums.AddOrUpdate(key, value, (_, sum) => sum + value);
    }
}
