using System.Text;
using MailMesh.Wire;

namespace MailMesh.Access.Pop3;

/// <summary>RFC 5034 AUTH with RFC 4616 PLAIN.</summary>
internal static class AuthCommand
{
    /// <summary>A base64 line of a response: name and password of 1,024 octets each fit.</summary>
    private const int MaxResponseOctets = 4096;

    public static async ValueTask RunAsync(Pop3Session session, string argument)
    {
        var words = argument.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            ListMechanisms(session);
        else if (!session.AllowsPasswords)
            session.Error("Passwords travel under TLS only: STLS first");
        else if (!words[0].Equals("PLAIN", StringComparison.OrdinalIgnoreCase) || words.Length > 2)
            session.Error("No such mechanism");
        else
            await PlainAsync(session, words.Length == 2 ? words[1] : null);
    }

    /// <summary>Clients of RFC 1734's time ask so.</summary>
    private static void ListMechanisms(Pop3Session session)
    {
        session.Ok("Mechanisms follow");
        session.Connection.Write(session.AllowsPasswords ? "PLAIN\r\n.\r\n"u8 : ".\r\n"u8);
    }

    private static async Task PlainAsync(Pop3Session session, string? initialResponse)
    {
        if (await ResponseAsync(session, initialResponse) is not { } response)
            return;
        if (response == "*")
            session.Error("Cancelled");
        else if (!TryParse(response, out var user, out var password))
            session.Error("Not a response of PLAIN");
        else
            await LoginCommands.LoginAsync(session, user, password);
    }

    private static async ValueTask<string?> ResponseAsync(Pop3Session session, string? initialResponse)
    {
        if (initialResponse is not null)
            return initialResponse == "=" ? "" : initialResponse; // RFC 5034 §4: '=' is the empty response
        session.Connection.Write("+ \r\n"u8);
        await session.SendAsync();
        var line = await session.Connection.ReadLineAsync(MaxResponseOctets, session.Server.Pop3.IdleTimeout, lenient: true, session.Stopping);
        if (line.Status == LineStatus.Complete)
            return line.Text;
        if (line.Status == LineStatus.TooLong)
            session.Error("The response is too long");
        return null; // at the end of input the session's next read ends it
    }

    /// <summary>RFC 4616 §2: [authzid] NUL authcid NUL passwd; nobody acts for another here, so an authzid must be the authcid.</summary>
    private static bool TryParse(string response, out string user, out string password)
    {
        user = password = "";
        var octets = new byte[response.Length];
        if (!Convert.TryFromBase64String(response, octets, out var length))
            return false;
        var parts = Encoding.UTF8.GetString(octets, 0, length).Split('\0');
        if (parts.Length != 3 || parts[1].Length == 0)
            return false;
        if (parts[0].Length > 0 && !parts[0].Equals(parts[1], StringComparison.OrdinalIgnoreCase))
            return false;
        user = parts[1];
        password = parts[2];
        return true;
    }
}
