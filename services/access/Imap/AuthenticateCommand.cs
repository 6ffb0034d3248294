using System.Buffers.Text;
using MailMesh.Sasl;
using MailMesh.Wire;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.2.2 AUTHENTICATE, with an initial response (RFC 4959): an exchange of SASL on the lines of IMAP.</summary>
internal sealed class AuthenticateCommand(string mechanism, string? initialResponse) : IImapCommand
{
    /// <summary>As RFC 4954 §4 has it for SMTP: tokens are long.</summary>
    private const int MaxResponseOctets = 12288;

    private static readonly Completion Cancelled = Completion.Bad("Authentication cancelled");

    private static readonly Completion NotBase64 = Completion.Bad("Response is not base64");

    /// <summary>RFC 5530: the password is right.</summary>
    private static readonly Completion NotAuthorized = Completion.No("Nobody can act for somebody else here", "AUTHORIZATIONFAILED");

    private static readonly Completion NotWellFormed = Completion.Bad("Response is not well-formed");

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        var mechanism = scanner.Keyword();
        return new AuthenticateCommand(mechanism, scanner.Take(' ') ? InitialResponse(ref scanner) : null);
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        if (session.Server.Sasl.Begin(mechanism, SaslPeer.Of(session.Connection)) is not { } exchange)
            return Completion.No("Mechanism is not supported", "CANNOT");
        if (!session.MayLogIn)
            return Credentials.PrivacyRequired;
        var response = initialResponse ?? await AskAsync(session, exchange.Prompt);
        while (true)
        {
            if (response is null)
                return Cancelled;
            if (!Base64.IsValid(response))
                return NotBase64;
            var step = await exchange.NextAsync(Convert.FromBase64String(response), session.Stopping);
            if (step is not SaslStep.Challenge challenge)
                return await EndAsync(session, exchange, step);
            response = await AskAsync(session, challenge.Octets);
        }
    }

    private static async ValueTask<Completion> EndAsync(ImapSession session, SaslExchange exchange, SaslStep step) => step switch
    {
        SaslStep.Accepted accepted => Credentials.Enter(session, accepted.Account),
        SaslStep.Refused { Reason: SaslRefusal.Malformed } => NotWellFormed,
        SaslStep.Refused { Reason: SaslRefusal.Authorization } => NotAuthorized,
        SaslStep.Refused { Reason: SaslRefusal.Banned } => Credentials.RefuseBanned(),
        SaslStep.Refused { Reason: SaslRefusal.Unavailable } => Credentials.Busy,
        _ => await Credentials.RefuseAsync(session, exchange.User),
    };

    /// <summary>base64, or = for an empty response (RFC 4959 §3).</summary>
    private static string InitialResponse(ref ImapScanner scanner)
    {
        var response = scanner.AtomText();
        return response == "=" ? "" : response;
    }

    /// <summary>Sends a challenge; the response, or null where the client cancels by * or goes.</summary>
    private static async ValueTask<string?> AskAsync(ImapSession session, ReadOnlyMemory<byte> challenge)
    {
        session.Writer.Write($"+ {Convert.ToBase64String(challenge.Span)}\r\n");
        await session.Writer.FlushAsync();
        var line = await session.Connection.ReadLineAsync(MaxResponseOctets, session.Server.Options.LoginTimeout, cancellationToken: session.Stopping);
        return line.Status == LineStatus.Complete && line.Text is var text and not "*" ? text : null;
    }
}
