using System.Buffers;
using System.Text;

namespace MailMesh.Relay.Client;

/// <summary>Gathers the lines of one reply (RFC 5321 §4.2.1): octets in, reply out or incomplete. Bounded.</summary>
internal sealed class SmtpReplyParser
{
    /// <summary>RFC 5321 §4.5.3.1.5 says 512 octets; servers that explain themselves go past it.</summary>
    public const int MaxLineBytes = 2048;

    /// <summary>The longest EHLO replies have some 25 lines.</summary>
    public const int MaxLines = 100;

    private readonly List<string> _lines = [];

    /// <summary>Takes whole lines from the buffer's start until the reply is complete.</summary>
    /// <param name="buffer">Moved past what was taken.</param>
    /// <exception cref="FormatException">This is no SMTP reply, or it is past the bounds.</exception>
    public bool TryParse(ref ReadOnlySequence<byte> buffer, out SmtpReply reply)
    {
        var reader = new SequenceReader<byte>(buffer);
        while (reader.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
        {
            if (line.Length > MaxLineBytes)
                throw new FormatException("A reply line is too long");
            if (!Add(line, out var code))
                continue;
            reply = new SmtpReply(code, [.. _lines]);
            _lines.Clear();
            buffer = buffer.Slice(reader.Position);
            return true;
        }
        if (reader.Remaining > MaxLineBytes)
            throw new FormatException("A reply line is too long");
        buffer = buffer.Slice(reader.Position);
        reply = null!;
        return false;
    }

    /// <summary>True when the line is the reply's last. The last line's code counts where lines differ, as in other clients.</summary>
    private bool Add(in ReadOnlySequence<byte> line, out int code)
    {
        Span<byte> octets = stackalloc byte[(int)line.Length];
        line.CopyTo(octets);
        if (octets is [.., (byte)'\r'])
            octets = octets[..^1];
        if (_lines.Count == MaxLines)
            throw new FormatException("A reply has too many lines");
        if (octets.Length < 3 || octets[..3].ContainsAnyExceptInRange((byte)'0', (byte)'9') || octets[0] is < (byte)'2' or > (byte)'5')
            throw new FormatException("A line is no SMTP reply");
        if (octets.Length > 3 && octets[3] is not ((byte)' ' or (byte)'-'))
            throw new FormatException("A line is no SMTP reply");
        code = ((octets[0] - '0') * 100) + ((octets[1] - '0') * 10) + (octets[2] - '0');
        _lines.Add(octets.Length > 4 ? Printable(octets[4..]) : "");
        return octets.Length == 3 || octets[3] == (byte)' ';
    }

    private static string Printable(ReadOnlySpan<byte> octets)
    {
        var text = Encoding.UTF8.GetString(octets);
        return text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
    }
}
