using System.IO.Pipelines;
using MailMesh.Ingress.Session;
using MailMesh.Wire;

namespace MailMesh.Ingress.Message;

/// <summary>
/// How long a client may still let us wait for its message: RFC 5321 §4.5.3.2.5 gives it three minutes a block, which a hostile
/// one stretches to days by an octet a time. Here what it has waited is gone, and earned back by octets alone.
/// </summary>
internal sealed class DataPace(SmtpSession session)
{
    private readonly IngressOptions _options = session.Server.Options;
    private readonly TimeProvider _clock = session.Server.Clock;
    private TimeSpan _left = session.Server.Options.DataTimeout;

    /// <summary>The next octets of the message.</summary>
    /// <exception cref="ClientTimeoutException">The client was silent for too long, or is slower than it may be.</exception>
    public async ValueTask<ReadResult> ReadAsync()
    {
        var from = _clock.GetTimestamp();
        var result = await session.Connection.ReadAsync(_left);
        _left = _options.MinDataRate == 0 ? _options.DataTimeout : Earned(_left - _clock.GetElapsedTime(from), result.Buffer.Length);
        return result;
    }

    private TimeSpan Earned(TimeSpan left, long octets)
    {
        var earned = left + TimeSpan.FromSeconds((double)octets / _options.MinDataRate);
        return earned < _options.DataTimeout ? earned : _options.DataTimeout;
    }
}
