using System.Globalization;
using System.Text;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Grammar;

/// <summary>RFC 3030 §2: BDAT chunk-size [LAST]; the chunk's octets follow the line at once.</summary>
/// <param name="Octets">Of the chunk; a number that no client can mean is the largest there is.</param>
/// <param name="Last">The message ends with this chunk.</param>
internal sealed record BdatCommand(long Octets, bool Last) : SmtpCommand(SmtpVerb.Bdat)
{
    public static Parsed Parse(ReadOnlySpan<char> arguments)
    {
        var blank = arguments.IndexOf(' ');
        var digits = blank < 0 ? arguments : arguments[..blank];
        var mark = blank < 0 ? default : arguments[blank..].Trim(' ');
        var last = mark.Equals("LAST", StringComparison.OrdinalIgnoreCase);
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9') || !(last || mark.IsEmpty))
            return Replies.BdatSyntax;
        return new BdatCommand(long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var octets) ? octets : long.MaxValue, last);
    }

    /// <summary>The line means to be BDAT, whatever else is in it.</summary>
    public static bool Begins(ReadOnlySpan<byte> line) => line.Length >= 4 && Ascii.EqualsIgnoreCase(line[..4], "BDAT"u8);
}
