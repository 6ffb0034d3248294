using System.Text;
using MailMesh.Blobs;

namespace MailMesh.Dsn;

/// <summary>What a report gives back of the message: its header, or all of it (RFC 3461 §4.3).</summary>
/// <param name="Octets">The header without the empty line after it, or the message.</param>
/// <param name="IsWhole">Header and body.</param>
public sealed record ReturnedMessage(byte[] Octets, bool IsWhole)
{
    /// <summary>Most octets of a header.</summary>
    private const int MaxHeaderBytes = 64 * 1024;

    /// <summary>A larger message comes back as its header: its sender has it, and a mailbox of failures fills with it.</summary>
    private const int MaxWholeBytes = 1024 * 1024;

    /// <summary>RFC 5321 §4.5.3.1.6 bounds a line at 998 octets.</summary>
    private const int LongestLine = 998;

    /// <summary>Every line may stand in a message as it is.</summary>
    public bool FitsLines
    {
        get
        {
            var octets = Octets.AsSpan();
            while (!octets.IsEmpty)
            {
                var end = octets.IndexOf((byte)'\n');
                if ((end < 0 ? octets.Length : end) > LongestLine)
                    return false;
                octets = end < 0 ? [] : octets[(end + 1)..];
            }
            return true;
        }
    }

    public bool IsAscii => !Octets.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)127);

    /// <summary>RFC 6532: the header has UTF-8 in it, so that the message is no message/rfc822.</summary>
    public bool IsInternational => Octets.AsSpan(0, HeaderEnd(Octets)).ContainsAnyExceptInRange((byte)0, (byte)127);

    /// <summary>The whole comes back only with a failure whose sender asked for it, never of a message that only TLS may carry (RFC 8689 §5).</summary>
    public static bool IsWanted(StatusReport report) =>
        report.DsnReturn == "FULL" && !report.RequireTls && report.Recipients.Any(r => r.Action == DsnAction.Failed);

    /// <summary>Reads what the report returns.</summary>
    public static async Task<ReturnedMessage> ReadAsync(IBlobStore blobs, StatusReport report, CancellationToken cancellationToken)
    {
        var wantsWhole = IsWanted(report);
        using var start = new MemoryStream();
        start.Write(Encoding.UTF8.GetBytes(report.HeaderPrefix));
        try
        {
            await using var body = await blobs.OpenAsync(report.Body, 0, cancellationToken);
            if (await ReadAsync(body, start, wantsWhole, cancellationToken) && wantsWhole && CanBeWhole(start))
                return new ReturnedMessage(start.ToArray(), IsWhole: true);
        }
        catch (BlobException)
        {
            // The body is lost: the sender is told all the same, without its header.
        }
        return new ReturnedMessage(Header(start), IsWhole: false);
    }

    /// <summary>True when the message ended within its bound.</summary>
    private static async Task<bool> ReadAsync(Stream body, MemoryStream start, bool whole, CancellationToken cancellationToken)
    {
        var buffer = new byte[8192];
        while (whole ? start.Length <= MaxWholeBytes : start.Length < MaxHeaderBytes && !HasHeaderEnd(start))
        {
            var count = await body.ReadAsync(buffer, cancellationToken);
            if (count == 0)
                return true;
            start.Write(buffer, 0, count);
        }
        return false;
    }

    /// <summary>RFC 2046 §5.2.1: message/rfc822 takes no encoding, so that only text with lines goes into it.</summary>
    private static bool CanBeWhole(MemoryStream start)
    {
        var message = new ReturnedMessage(start.ToArray(), IsWhole: true);
        return message.FitsLines && !message.Octets.Contains((byte)0) && !HasBareEnd(message.Octets);
    }

    /// <summary>A CR or LF by itself, as binary bodies have (RFC 3030).</summary>
    private static bool HasBareEnd(ReadOnlySpan<byte> octets)
    {
        while (octets.IndexOfAny((byte)'\r', (byte)'\n') is >= 0 and var at)
        {
            if (octets[at] == (byte)'\n' || at + 1 == octets.Length || octets[at + 1] != (byte)'\n')
                return true;
            octets = octets[(at + 2)..];
        }
        return false;
    }

    private static bool HasHeaderEnd(MemoryStream start) => Written(start).IndexOf("\r\n\r\n"u8) >= 0;

    private static int HeaderEnd(ReadOnlySpan<byte> octets) => octets.IndexOf("\r\n\r\n"u8) is >= 0 and var end ? end + 2 : octets.Length;

    /// <summary>What lies past the bound is left out at a line's end.</summary>
    private static byte[] Header(MemoryStream start)
    {
        var octets = Written(start);
        octets = octets[..HeaderEnd(octets)];
        if (octets.Length <= MaxHeaderBytes)
            return octets.ToArray();
        octets = octets[..MaxHeaderBytes];
        return octets[..(octets.LastIndexOf((byte)'\n') + 1)].ToArray();
    }

    private static ReadOnlySpan<byte> Written(MemoryStream start) => start.GetBuffer().AsSpan(0, (int)start.Length);
}
