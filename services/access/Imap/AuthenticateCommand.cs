using System.Buffers.Text;
using System.Text;
using MailMesh.Wire;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.2.2 AUTHENTICATE, with an initial response (RFC 4959): PLAIN (RFC 4616) and LOGIN.</summary>
internal sealed class AuthenticateCommand(string mechanism, string? initialResponse) : IImapCommand
{
    /// <summary>RFC 4616: 255 octets each for both names and the password, in base64.</summary>
    private const int MaxResponseOctets = 4096;

    private static readonly Completion Cancelled = Completion.Bad("Authentication cancelled");

    private static readonly Completion NotBase64 = Completion.Bad("Response is not base64");

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        var mechanism = scanner.Keyword();
        return new AuthenticateCommand(mechanism, scanner.Take(' ') ? InitialResponse(ref scanner) : null);
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        if (mechanism is not ("PLAIN" or "LOGIN"))
            return Completion.No("Mechanism is not supported", "CANNOT");
        if (!session.MayLogIn)
            return Credentials.PrivacyRequired;
        return mechanism == "PLAIN" ? await PlainAsync(session) : await LoginAsync(session);
    }

    /// <summary>base64, or = for an empty response (RFC 4959 §3).</summary>
    private static string InitialResponse(ref ImapScanner scanner)
    {
        var response = scanner.AtomText();
        return response == "=" ? "" : response;
    }

    private async ValueTask<Completion> PlainAsync(ImapSession session)
    {
        if ((initialResponse ?? await AskAsync(session, "")) is not { } response)
            return Cancelled;
        if (Decode(response) is not { } message)
            return NotBase64;
        // RFC 4616 §2: [authzid] NUL authcid NUL passwd
        if (message.Split('\0') is not [var asUser, var user, var password])
            return Completion.Bad("Response is not well-formed");
        if (asUser.Length > 0 && !asUser.Equals(user, StringComparison.OrdinalIgnoreCase))
            return Completion.No("You may not act as another user", "AUTHORIZATIONFAILED");
        return await Credentials.CheckAsync(session, user, password);
    }

    private async ValueTask<Completion> LoginAsync(ImapSession session)
    {
        if ((initialResponse ?? await AskAsync(session, "VXNlcm5hbWU6")) is not { } user)
            return Cancelled;
        if (await AskAsync(session, "UGFzc3dvcmQ6") is not { } password)
            return Cancelled;
        return Decode(user) is { } name && Decode(password) is { } secret
            ? await Credentials.CheckAsync(session, name, secret)
            : NotBase64;
    }

    /// <summary>Sends a challenge; the response, or null where the client cancels by * or goes.</summary>
    private static async ValueTask<string?> AskAsync(ImapSession session, string challenge)
    {
        session.Writer.Write($"+ {challenge}\r\n");
        await session.Writer.FlushAsync();
        var line = await session.Connection.ReadLineAsync(MaxResponseOctets, session.Server.Options.LoginTimeout, cancellationToken: session.Stopping);
        return line.Status == LineStatus.Complete && line.Text is var text and not "*" ? text : null;
    }

    private static string? Decode(string base64) =>
        Base64.IsValid(base64) ? Encoding.UTF8.GetString(Convert.FromBase64String(base64)) : null;
}
