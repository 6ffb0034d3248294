using System.Globalization;
using MailMesh.Ingress.Grammar;

namespace MailMesh.Ingress.Session;

/// <summary>EHLO, HELO and LMTP's LHLO: resets the transaction, keeps authentication (RFC 4954 §4), says what we can.</summary>
internal static class HelloOperation
{
    public static async ValueTask<Reply> RunAsync(SmtpSession session, HelloCommand hello)
    {
        // RFC 2033 §4.1: neither protocol has the other's command, so that neither is taken for the other.
        if (hello.Verb == SmtpVerb.Lhlo != session.Listener.IsLmtp)
            return session.Listener.IsLmtp ? Replies.ThisIsLmtp : Replies.ThisIsSmtp;
        await session.EndTransactionAsync();
        if (session.Policy.Hello(hello) is { } refusal)
            return refusal;
        // Who introduces itself is believed before a peer that told of it.
        session.Client = session.Client with { Helo = null, IsExtended = true };
        var account = session.Greeted is { } greeted ? greeted.Account : session.Client.Account;
        session.State = new SessionState.Greeted(hello, account);
        var greeting = Replies.Hello(session.Server.Hostname, hello.Domain);
        return hello.Extended ? greeting with { Lines = [.. greeting.Lines, .. Capabilities(session)] } : greeting;
    }

    private static IEnumerable<string> Capabilities(SmtpSession session)
    {
        yield return "PIPELINING";
        yield return "SIZE " + session.Server.Options.MaxMessageBytes.ToString(CultureInfo.InvariantCulture);
        yield return "8BITMIME";
        yield return "SMTPUTF8";
        yield return "ENHANCEDSTATUSCODES";
        yield return "CHUNKING";
        yield return "BINARYMIME";
        if (session.Listener.IsSubmission && session.Connection.IsTls)
            yield return FutureRelease(session.Server);
        yield return "DSN";
        yield return "MT-PRIORITY MIXER";
        yield return string.Create(CultureInfo.InvariantCulture, $"DELIVERBY {DeliverByParameter.MinSeconds}");
        yield return string.Create(CultureInfo.InvariantCulture, $"LIMITS RCPTMAX={session.Server.Options.MaxRecipients} MAILMAX={session.Server.Options.MaxTransactions}");
        if (session.Connection.IsTls)
            yield return "REQUIRETLS"; // RFC 8689 §4.1: under TLS alone
        if (!session.Connection.IsTls)
            yield return "STARTTLS";
        if (session.Listener.IsSubmission && session.Connection.IsTls)
            yield return "AUTH " + string.Join(' ', session.Server.Sasl.MechanismsFor(AuthOperation.PeerOf(session)));
        if (session.MayXclient)
            yield return XclientCommand.Capability;
    }

    /// <summary>RFC 4865 §4: the longest interval, and the moment that it ends now.</summary>
    private static string FutureRelease(SmtpServer server) => string.Create(
        CultureInfo.InvariantCulture, $"FUTURERELEASE {(long)server.Options.MaxHold.TotalSeconds} {server.Clock.GetUtcNow() + server.Options.MaxHold:yyyy-MM-dd'T'HH:mm:ss'Z'}");
}
