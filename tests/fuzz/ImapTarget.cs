using MailMesh.Access.Imap;

namespace MailMesh.Fuzz;

/// <summary>A whole IMAP command, literals inline; and the lines between an APPEND's messages, divided by NUL.</summary>
internal static class ImapTarget
{
    public static void Run(byte[] input)
    {
        var end = Array.IndexOf(input, (byte)0);
        var first = end < 0 ? input : input[..end];
        foreach (var isUtf8 in new[] { false, true })
        {
            var parsed = ParsedCommand.Parse(first, isUtf8);
            BrokenPromiseException.Unless(parsed.Command is null != parsed.Error is null, "A line is a command or an error.");
            BrokenPromiseException.Unless(parsed.Error is null || !parsed.Error.AsSpan().ContainsAnyInRange('\0', '\x1f'), "An error is one line.");
            BrokenPromiseException.Unless(parsed.Tag is null || parsed.Tag == ParsedCommand.TagOf(first), "A line has one tag.");
            var isAhead = parsed.Command is IMessageCommand { Messages.Literal: not null };
            BrokenPromiseException.Unless(MessageArguments.AreAhead(first, isUtf8) == isAhead, "What is asked for is what the command says.");
            if (isAhead && end >= 0)
                ReadOn(((IMessageCommand)parsed.Command!).Messages, input[(end + 1)..], isUtf8);
        }
        AssertMarkers(first);
    }

    private static void ReadOn(MessageArguments arguments, byte[] input, bool isUtf8)
    {
        while (input.Length > 0)
        {
            var end = Array.IndexOf(input, (byte)0);
            var line = end < 0 ? input : input[..end];
            var scanner = new ImapScanner(line, isUtf8);
            var next = arguments.Next(ref scanner);
            BrokenPromiseException.Unless(arguments.AreNext(line) == (!scanner.Failed && next.Literal is not null), "What is asked for next is what the line says.");
            if (scanner.Failed || next.Literal is null || end < 0)
                return;
            (arguments, input) = (next, input[(end + 1)..]);
        }
    }

    /// <summary>A marker at a line's end is the marker that a parser meets there.</summary>
    private static void AssertMarkers(byte[] line)
    {
        if (!LiteralMarker.TryReadAtEnd(line, out var atEnd))
            return;
        var start = line.AsSpan().LastIndexOf((byte)'{');
        byte[] tail = [.. line[start..], (byte)'\r', (byte)'\n'];
        BrokenPromiseException.Unless(LiteralMarker.TryRead(tail, out var met) && met == atEnd, $"{atEnd} at the end, {met} in the line.");
        BrokenPromiseException.Unless(met.Length == tail.Length && met.Octets >= 0, "A marker has its length.");
    }
}
