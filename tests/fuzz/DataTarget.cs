using MailMesh.Ingress.Message;

namespace MailMesh.Fuzz;

/// <summary>What follows 354: the scanner against a reference that looks at one octet after the other, and needs all of them at once.</summary>
internal static class DataTarget
{
    private const int MaxLine = 40;
    private const int MaxMessage = 300;

    public static void Run(byte[] input)
    {
        var (whole, cut) = Packets.Of(input);
        var expected = Reference(whole);
        BrokenPromiseException.Unless(Scan([whole]) is var atOnce && Same(atOnce, expected), $"At once: {atOnce}, but by the reference {expected}.");
        BrokenPromiseException.Unless(Scan(cut) is var inPackets && Same(inPackets, expected), $"In {cut.Count} packets: {inPackets}, but by the reference {expected}.");
    }

    private static Outcome Scan(IReadOnlyList<byte[]> packets)
    {
        var scanner = new DataScanner(MaxLine, MaxMessage);
        var message = new List<byte>();
        var taken = 0;
        foreach (var packet in packets)
        {
            for (var at = 0; at < packet.Length && !scanner.Ended;)
            {
                var step = scanner.Scan(packet.AsSpan(at), out var start, out var length);
                BrokenPromiseException.Unless(step > 0 && step <= packet.Length - at && start >= 0 && length >= 0 && start + length <= step, $"{step} of {packet.Length - at} taken, {length} from {start}.");
                message.AddRange(packet.AsSpan(at + start, length));
                (at, taken) = (at + step, taken + step);
            }
        }
        BrokenPromiseException.Unless(scanner.Scanned == taken, "What was taken was scanned.");
        return new Outcome(scanner.Ended, taken, scanner.Violation, scanner.MessageOctets, [.. message]);
    }

    /// <summary>RFC 5321 §4.1.1.4, §4.5.2 and §2.3.8, word for word.</summary>
    private static Outcome Reference(byte[] input)
    {
        var end = IndexOfEnd(input);
        var taken = end < 0 ? input.Length : end;
        var content = end < 0 ? input : input[..(end - 3)];
        var message = new List<byte>();
        for (var i = 0; i < content.Length; i++)
        {
            // The dot that the client put in, or the first of an end that has not come yet.
            if (content[i] == '.' && IsLineStart(content, i))
                continue;
            message.Add(content[i]);
        }
        return new Outcome(end >= 0, taken, DataViolation.None, message.Count, [.. message]);
    }

    private static int IndexOfEnd(byte[] input)
    {
        if (input.AsSpan().StartsWith(".\r\n"u8))
            return 3;
        var at = input.AsSpan().IndexOf("\r\n.\r\n"u8);
        return at < 0 ? -1 : at + 5;
    }

    private static bool IsLineStart(byte[] content, int at) => at == 0 || (at >= 2 && content[at - 2] == '\r' && content[at - 1] == '\n');

    private static bool IsClean(byte[] message)
    {
        for (var i = 0; i < message.Length; i++)
        {
            if (message[i] == 0
                || (message[i] == '\n' && (i == 0 || message[i - 1] != '\r'))
                || (message[i] == '\r' && i + 1 < message.Length && message[i + 1] != '\n'))
                return false;
        }
        return true;
    }

    /// <summary>Where the end is decides what the next command is: never in doubt. Of the rest, only what is right need be the same.</summary>
    private static bool Same(Outcome actual, Outcome expected)
    {
        if (actual.Ended != expected.Ended || actual.Taken != expected.Taken)
            return false;
        var lines = string.Concat(expected.Message.Select(octet => (char)octet)).Split("\r\n");
        var isRight = IsClean(expected.Message) && expected.Message.Length <= MaxMessage && lines.All(line => line.Length + 2 <= MaxLine);
        if (!expected.Ended)
            return actual.Violation != DataViolation.None || expected.Message.AsSpan().StartsWith(actual.Message);
        return isRight ? actual.Violation == DataViolation.None && actual.Message.AsSpan().SequenceEqual(expected.Message) : actual.Violation != DataViolation.None;
    }

    private sealed record Outcome(bool Ended, int Taken, DataViolation Violation, long Octets, byte[] Message)
    {
        public override string ToString() => $"{(Ended ? "ended" : "not ended")} after {Taken}, {Violation}, {Octets} octets";
    }
}
