using System.Globalization;
using MailMesh.Wire;

namespace MailMesh.Ingress.Session;

/// <summary>RFC 5321 §4.2.1: replies as octets, several lines with '-' after the code of all but the last.</summary>
internal static class ReplyWriter
{
    public static void Write(WireConnection connection, Reply reply)
    {
        for (var i = 0; i < reply.Lines.Length; i++)
        {
            var divider = i == reply.Lines.Length - 1 ? ' ' : '-';
            var code = reply.Code.ToString(CultureInfo.InvariantCulture);
            connection.Write(reply.Enhanced is null
                ? $"{code}{divider}{reply.Lines[i]}\r\n"
                : $"{code}{divider}{reply.Enhanced} {reply.Lines[i]}\r\n");
        }
    }
}
