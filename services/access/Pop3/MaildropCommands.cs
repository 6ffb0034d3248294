using System.Buffers.Text;
using System.Globalization;

namespace MailMesh.Access.Pop3;

/// <summary>RFC 1939 §5 and §7: STAT, LIST, UIDL, DELE, RSET, NOOP.</summary>
internal static class MaildropCommands
{
    public static ValueTask Stat(Pop3Session session, string argument)
    {
        session.Ok($"{session.Maildrop.Count} {session.Maildrop.Octets}");
        return ValueTask.CompletedTask;
    }

    public static ValueTask ListAsync(Pop3Session session, string argument) =>
        EachAsync(session, argument, $"{session.Maildrop.Count} messages ({session.Maildrop.Octets} octets)", static (maildrop, number, line) =>
        {
            Utf8Formatter.TryFormat(maildrop[number].Size, line, out var length);
            return length;
        });

    public static ValueTask UidlAsync(Pop3Session session, string argument) =>
        EachAsync(session, argument, "Unique identifiers follow", static (maildrop, number, line) => maildrop.WriteUniqueId(number, line));

    public static ValueTask Dele(Pop3Session session, string argument)
    {
        if (TryNumber(session, argument, out var number))
        {
            session.Maildrop.Delete(number);
            session.Ok($"Message {number} deleted");
        }
        return ValueTask.CompletedTask;
    }

    public static ValueTask Rset(Pop3Session session, string argument)
    {
        session.Maildrop.Reset();
        session.Ok($"{session.Maildrop.Count} messages ({session.Maildrop.Octets} octets)");
        return ValueTask.CompletedTask;
    }

    public static ValueTask Noop(Pop3Session session, string argument)
    {
        session.Connection.Write("+OK\r\n"u8);
        return ValueTask.CompletedTask;
    }

    /// <summary>The number of a message that is there and not deleted; otherwise the refusal is written.</summary>
    public static bool TryNumber(Pop3Session session, string argument, out int number)
    {
        if (int.TryParse(argument.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out number) && session.Maildrop.Has(number))
            return true;
        session.Error("No such message");
        return false;
    }

    /// <summary>One line for the message of the argument, or the lines of all that are not deleted.</summary>
    private static async ValueTask EachAsync(Pop3Session session, string argument, string title, WriteValue write)
    {
        if (argument.AsSpan().Trim().Length > 0)
        {
            if (!TryNumber(session, argument, out var number))
                return;
            session.Connection.Write("+OK "u8);
            WriteLine(session, number, write);
            return;
        }
        session.Ok(title);
        for (var number = 1; number <= session.Maildrop.Total; number++)
        {
            if (!session.Maildrop.Has(number))
                continue;
            WriteLine(session, number, write);
            await session.SendIfMuchAsync();
        }
        session.Connection.Write(".\r\n"u8);
    }

    private static void WriteLine(Pop3Session session, int number, WriteValue write)
    {
        const int MaxLine = 80; // RFC 1939 §7: a unique-id has at most 70 octets
        var line = session.Connection.Output.GetSpan(MaxLine);
        Utf8Formatter.TryFormat(number, line, out var length);
        line[length++] = (byte)' ';
        length += write(session.Maildrop, number, line[length..]);
        line[length++] = (byte)'\r';
        line[length++] = (byte)'\n';
        session.Connection.Output.Advance(length);
    }

    private delegate int WriteValue(Maildrop maildrop, int number, Span<byte> line);
}
