using System.Globalization;

namespace MailMesh.Relay.Client;

/// <summary>Addresses as they go into MAIL and RCPT.</summary>
internal static class SmtpAddress
{
    private static readonly IdnMapping Idn = new();

    /// <summary>An internationalised domain as A-labels; the local part stays as it is.</summary>
    public static string WithAsciiDomain(string address)
    {
        var at = address.LastIndexOf('@');
        if (at < 0 || System.Text.Ascii.IsValid(address.AsSpan(at)))
            return address;
        try
        {
            return address[..(at + 1)] + Idn.GetAscii(address[(at + 1)..]);
        }
        catch (ArgumentException)
        {
            return address;
        }
    }

    /// <summary>False for what would break the command line: control characters, or a bracket outside a quoted string.</summary>
    public static bool IsSafe(string address)
    {
        var quoted = false;
        for (var i = 0; i < address.Length; i++)
        {
            var c = address[i];
            if (char.IsControl(c))
                return false;
            if (c == '\\' && quoted)
                i++;
            else if (c == '"')
                quoted = !quoted;
            else if (!quoted && c is '<' or '>' or ' ')
                return false;
        }
        return !quoted;
    }
}
