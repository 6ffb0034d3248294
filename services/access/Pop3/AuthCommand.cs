using System.Buffers.Text;
using MailMesh.Sasl;
using MailMesh.Wire;

namespace MailMesh.Access.Pop3;

/// <summary>RFC 5034 AUTH: an exchange of SASL on the lines of POP3.</summary>
internal static class AuthCommand
{
    /// <summary>As RFC 4954 §4 has it for SMTP: tokens are long.</summary>
    private const int MaxResponseOctets = 12288;

    public static async ValueTask RunAsync(Pop3Session session, string argument)
    {
        var words = argument.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            ListMechanisms(session);
        else if (!session.AllowsPasswords)
            session.Error("Passwords travel under TLS only: STLS first");
        else if (words.Length > 2 || session.Server.Sasl.Begin(words[0], SaslPeer.Of(session.Connection)) is not { } exchange)
            session.Error("No such mechanism");
        else
            await RunAsync(session, words[0], exchange, words.Length == 2 ? words[1] : null);
    }

    /// <summary>What a client may choose from, as the connection stands.</summary>
    public static IEnumerable<string> Mechanisms(Pop3Session session) =>
        session.AllowsPasswords ? session.Server.Sasl.MechanismsFor(SaslPeer.Of(session.Connection)) : [];

    /// <summary>Clients of RFC 1734's time ask so.</summary>
    private static void ListMechanisms(Pop3Session session)
    {
        session.Ok("Mechanisms follow");
        foreach (var mechanism in Mechanisms(session))
            session.Connection.Write($"{mechanism}\r\n");
        session.Connection.Write(".\r\n"u8);
    }

    private static async Task RunAsync(Pop3Session session, string mechanism, SaslExchange exchange, string? initialResponse)
    {
        // RFC 5034 §4: '=' is the empty response.
        var response = initialResponse is null ? await AskAsync(session, exchange.Prompt) : initialResponse == "=" ? "" : initialResponse;
        while (response is not null)
        {
            if (response == "*")
            {
                session.Error("Cancelled");
                return;
            }
            var step = Base64.IsValid(response) ? await NextAsync(session, exchange, response) : new SaslStep.Refused(SaslRefusal.Malformed);
            if (step is not SaslStep.Challenge challenge)
            {
                await LoginCommands.EndAsync(session, mechanism, step, exchange.User);
                return;
            }
            response = await AskAsync(session, challenge.Octets);
        }
    }

    private static async Task<SaslStep> NextAsync(Pop3Session session, SaslExchange exchange, string response)
    {
        try
        {
            return await exchange.NextAsync(Convert.FromBase64String(response), session.Stopping);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new MaildropUnavailableException(failure);
        }
    }

    /// <summary>Sends a challenge; the response, or null where there is none, of which the client has heard.</summary>
    private static async ValueTask<string?> AskAsync(Pop3Session session, ReadOnlyMemory<byte> challenge)
    {
        session.Connection.Write($"+ {Convert.ToBase64String(challenge.Span)}\r\n");
        await session.SendAsync();
        var line = await session.Connection.ReadLineAsync(MaxResponseOctets, session.Server.Pop3.IdleTimeout, lenient: true, session.Stopping);
        if (line.Status == LineStatus.Complete)
            return line.Text;
        if (line.Status == LineStatus.TooLong)
            session.Error("The response is too long");
        return null; // at the end of input the session's next read ends it
    }
}
