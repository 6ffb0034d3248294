using System.Globalization;
using System.Text;

namespace MailMesh.Relay.Client;

/// <summary>MAIL and RCPT of a transaction, with the parameters that the server has announced.</summary>
internal sealed class EnvelopeCommands(SmtpTransaction transaction, SmtpCapabilities server, TimeProvider clock)
{
    /// <summary>RFC 2852 §4: nine digits.</summary>
    private const long MostSeconds = 999_999_999;

    public string Mail()
    {
        var command = new StringBuilder("MAIL FROM:<").Append(Wire(transaction.ReversePath)).Append('>');
        if (server.Size)
            command.Append(CultureInfo.InvariantCulture, $" SIZE={transaction.SizeBytes}");
        if (server.EightBitMime && transaction.EightBitMime)
            command.Append(" BODY=8BITMIME");
        if (transaction.Smtputf8)
            command.Append(" SMTPUTF8");
        if (server.Dsn)
            AppendDsn(command);
        if (server.MtPriority && transaction.Priority != 0)
            command.Append(CultureInfo.InvariantCulture, $" MT-PRIORITY={transaction.Priority}");
        if (server.DeliverBy && transaction.DeliverBy is { } by)
            command.Append(CultureInfo.InvariantCulture, $" BY={Math.Clamp(by.SecondsLeft(clock), -MostSeconds, MostSeconds)};{by.Mode}");
        if (transaction.RequireTls)
            command.Append(" REQUIRETLS");
        return command.Append("\r\n").ToString();
    }

    /// <summary>The command, or null for an address that no command can carry.</summary>
    public string? Rcpt(SmtpRecipient recipient)
    {
        var address = Wire(recipient.Address);
        if (!SmtpAddress.IsSafe(address))
            return null;
        var command = new StringBuilder("RCPT TO:<").Append(address).Append('>');
        // RFC 3461 §6.1: a notification, or whatever else came with the null reverse-path, causes none.
        if (server.Dsn && (recipient.Notify ?? (transaction.ReversePath.Length == 0 ? "NEVER" : null)) is { } notify)
            command.Append(" NOTIFY=").Append(notify);
        if (server.Dsn && recipient.OriginalRecipient is { } original && (transaction.Smtputf8 || Ascii.IsValid(original)))
            command.Append(" ORCPT=").Append(original);
        return command.Append("\r\n").ToString();
    }

    /// <summary>RFC 3461 §6.1: RET means nothing with the null reverse-path, and must not be there.</summary>
    private void AppendDsn(StringBuilder command)
    {
        if (transaction.DsnReturn is { } dsnReturn && transaction.ReversePath.Length > 0)
            command.Append(" RET=").Append(dsnReturn);
        if (transaction.EnvelopeId is { } envelopeId)
            command.Append(" ENVID=").Append(envelopeId);
    }

    private string Wire(string address) => transaction.Smtputf8 ? address : SmtpAddress.WithAsciiDomain(address);
}
