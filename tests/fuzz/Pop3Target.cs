using MailMesh.Access.Pop3;

namespace MailMesh.Fuzz;

/// <summary>What POP3 reads: the lines of TOP, the same however the store cuts the message, against a reference that has it whole; and a command's name.</summary>
internal static class Pop3Target
{
    public static void Run(byte[] input)
    {
        if (input.Length < 2)
            return;
        var lines = input[1] % 8;
        var (message, cut) = Packets.Of([input[0], .. input[2..]]);
        var expected = Reference(message, lines);
        BrokenPromiseException.Unless(Take([message], lines) == expected, "At once TOP is what RFC 1939 says.");
        BrokenPromiseException.Unless(Take(cut, lines) == expected, $"In {cut.Count} pieces TOP is the same.");
        var name = System.Text.Encoding.UTF8.GetString(message);
        BrokenPromiseException.Unless(Pop3Command.Find(name) is not { } command || command.Name.Equals(name, StringComparison.OrdinalIgnoreCase), "A name finds its own command.");
    }

    private static int Take(IReadOnlyList<byte[]> pieces, int lines)
    {
        var limit = new LineLimit(lines);
        var taken = 0;
        foreach (var piece in pieces)
        {
            if (limit.IsReached)
                break;
            taken += limit.Take(piece);
        }
        return taken;
    }

    /// <summary>The header, its empty line, and so many lines.</summary>
    private static int Reference(byte[] message, int lines)
    {
        var at = 0;
        var inBody = false;
        while (at < message.Length)
        {
            var end = Array.IndexOf(message, (byte)'\n', at);
            if (end < 0)
                return message.Length;
            var isEmpty = end == at || (end == at + 1 && message[at] == '\r');
            at = end + 1;
            if (inBody)
                lines--;
            inBody |= isEmpty;
            if (inBody && lines <= 0)
                return at;
        }
        return at;
    }
}
