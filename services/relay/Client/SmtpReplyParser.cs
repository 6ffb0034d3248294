using System.Buffers;
using System.Text;

namespace MailMesh.Relay.Client;

/// <summary>Gathers the lines of one reply (RFC 5321 §4.2.1): octets in, reply out or incomplete. Bounded.</summary>
internal sealed class SmtpReplyParser
{
    /// <summary>RFC 5321 §4.5.3.1.5 says 512 octets; servers that explain themselves go past it.</summary>
    public const int MaxLineBytes = 2048;

    /// <summary>What is left out of a line at most: nobody explains more, and no server may hold a connection by it.</summary>
    public const int MaxCutBytes = 64 * 1024;

    /// <summary>The longest EHLO replies have some 25 lines.</summary>
    public const int MaxLines = 100;

    private readonly List<string> _lines = [];
    private byte[]? _cutLine;
    private long _cutBytes;

    /// <summary>Takes whole lines from the buffer's start until the reply is complete. What a line has past the bound is left out: the code stands before it.</summary>
    /// <param name="buffer">Moved past what was taken.</param>
    /// <exception cref="FormatException">This is no SMTP reply, or it has too many lines.</exception>
    public bool TryParse(ref ReadOnlySequence<byte> buffer, out SmtpReply reply)
    {
        var reader = new SequenceReader<byte>(buffer);
        while (reader.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
        {
            if (!Add(Bounded(line), out var code))
                continue;
            reply = new SmtpReply(code, [.. _lines]);
            _lines.Clear();
            buffer = buffer.Slice(reader.Position);
            return true;
        }
        var rest = reader.UnreadSequence;
        if (rest.Length > MaxLineBytes)
        {
            _cutLine ??= rest.Slice(0, MaxLineBytes).ToArray();
            if ((_cutBytes += rest.Length) > MaxCutBytes)
                throw new FormatException("A reply line is too long");
            reader.AdvanceToEnd();
        }
        buffer = buffer.Slice(reader.Position);
        reply = null!;
        return false;
    }

    /// <summary>The line's beginning, which may have come, and gone, before its end.</summary>
    private byte[] Bounded(in ReadOnlySequence<byte> line)
    {
        var begun = _cutLine;
        (_cutLine, _cutBytes) = (null, 0);
        return begun ?? line.Slice(0, Math.Min(line.Length, MaxLineBytes)).ToArray();
    }

    /// <summary>True when the line is the reply's last. The last line's code counts where lines differ, as in other clients.</summary>
    private bool Add(ReadOnlySpan<byte> octets, out int code)
    {
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
