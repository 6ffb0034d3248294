using MailMesh.Wire;

namespace MailMesh.Ingress.Session;

/// <summary>RFC 5321 §4.2.1: replies as octets, several lines with '-' after the code of all but the last.</summary>
internal static class ReplyWriter
{
    /// <param name="id">What a refusal can be traced by; it ends the reply.</param>
    public static void Write(WireConnection connection, Reply reply, string? id = null)
    {
        if (reply.Recipients.Count == 0)
            Write(connection, reply, null, id);
        foreach (var (recipient, part) in reply.Recipients)
            Write(connection, part, recipient, part.IsRefusal ? id : null);
    }

    private static void Write(WireConnection connection, Reply reply, string? recipient, string? id)
    {
        for (var i = 0; i < reply.Lines.Length; i++)
        {
            var isLast = i == reply.Lines.Length - 1;
            connection.Write([Digit(reply.Code / 100), Digit(reply.Code / 10), Digit(reply.Code), isLast ? (byte)' ' : (byte)'-']);
            if (reply.Enhanced is { } enhanced)
            {
                connection.Write(enhanced);
                connection.Write(" "u8);
            }
            if (recipient is not null)
                connection.Write($"<{recipient}> ");
            connection.Write(reply.Lines[i]);
            if (isLast && id is not null)
                WriteId(connection, id);
            connection.Write("\r\n"u8);
        }
    }

    private static void WriteId(WireConnection connection, string id)
    {
        connection.Write(" (id "u8);
        connection.Write(id);
        connection.Write(")"u8);
    }

    private static byte Digit(int number) => (byte)('0' + number % 10);
}
