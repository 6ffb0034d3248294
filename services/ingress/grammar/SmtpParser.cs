using System.Buffers;
using System.Text;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Grammar;

/// <summary>RFC 5321 §4.1: a line without its CRLF in, a command or a refusal out. No I/O, no state.</summary>
internal static class SmtpParser
{
    /// <summary>RFC 4954 §4: the longest line of an authentication exchange; every other line is shorter.</summary>
    public const int MaxLineOctets = 12288;

    /// <summary>RFC 5321 §4.5.3.1.4: a command line with its CRLF.</summary>
    private const int MaxCommandOctets = 512;

    /// <summary>
    /// What the extensions add to a MAIL line: SIZE 26 (RFC 1870), BODY 17 (RFC 6152), SMTPUTF8 10 (RFC 6531), AUTH 500 (RFC 4954), RET 9 and
    /// ENVID 107 (RFC 3461), MT-PRIORITY 15 (RFC 6710), BY 17 (RFC 2852), REQUIRETLS 11 (RFC 8689), HOLDUNTIL 34 (RFC 4865).
    /// </summary>
    private const int MaxMailOctets = MaxCommandOctets + 26 + 17 + 10 + 500 + 9 + 107 + 15 + 17 + 11 + 34;

    /// <summary>What RFC 3461 adds to a RCPT line: NOTIFY 29, ORCPT 507.</summary>
    private const int MaxRcptOctets = MaxCommandOctets + 29 + 507;

    /// <summary>Postfix's default limit of a line: names of 255 octets, and more in xtext, do not fit into 512.</summary>
    private const int MaxXclientOctets = 2048;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private static readonly SearchValues<char> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 32).Where(c => c != '\t').Select(c => (char)c), '\x7f']);

    public static Parsed Parse(in ReadOnlySequence<byte> line)
    {
        var parsed = ParseLine(line);
        // What follows a BDAT that is not understood cannot be told from commands: the session ends there.
        return parsed.Refusal is { } refusal && BdatCommand.Begins(line.FirstSpan) ? refusal with { Closes = true } : parsed;
    }

    private static Parsed ParseLine(in ReadOnlySequence<byte> line)
    {
        if (!TryDecode(line, out var text) || text.AsSpan().ContainsAny(Controls))
            return Replies.BadOctets;
        // RFC 5321 §4.1.1: white space at the end is tolerated.
        var trimmed = text.AsSpan().TrimEnd([' ', '\t']);
        var blank = trimmed.IndexOf(' ');
        var word = blank < 0 ? trimmed : trimmed[..blank];
        var arguments = blank < 0 ? default : trimmed[(blank + 1)..];
        if (VerbOf(word) is not { } verb)
            return Unknown(word);
        return line.Length + 2 > MaxOctets(verb) ? Replies.LineTooLong : Parse(verb, arguments);
    }

    private static Parsed Parse(SmtpVerb verb, ReadOnlySpan<char> arguments) => verb switch
    {
        SmtpVerb.Ehlo or SmtpVerb.Helo or SmtpVerb.Lhlo => HelloCommand.Parse(verb, arguments),
        SmtpVerb.Mail => MailCommand.Parse(arguments),
        SmtpVerb.Rcpt => RcptCommand.Parse(arguments),
        SmtpVerb.Bdat => BdatCommand.Parse(arguments),
        SmtpVerb.Auth => AuthCommand.Parse(arguments),
        SmtpVerb.Vrfy => VrfyCommand.Parse(arguments),
        SmtpVerb.Xclient => XclientCommand.Parse(arguments),
        SmtpVerb.Noop or SmtpVerb.Help => new PlainCommand(verb), // RFC 5321 §4.1.1.8-9: an argument is allowed and means nothing here
        _ => arguments.IsEmpty ? new PlainCommand(verb) : Replies.NoArguments,
    };

    private static SmtpVerb? VerbOf(ReadOnlySpan<char> word)
    {
        Span<char> upper = stackalloc char[8];
        if (word.Length is < 4 or > 8)
            return null;
        word.ToUpperInvariant(upper);
        return upper[..word.Length] switch
        {
            "EHLO" => SmtpVerb.Ehlo,
            "HELO" => SmtpVerb.Helo,
            "LHLO" => SmtpVerb.Lhlo,
            "MAIL" => SmtpVerb.Mail,
            "RCPT" => SmtpVerb.Rcpt,
            "DATA" => SmtpVerb.Data,
            "BDAT" => SmtpVerb.Bdat,
            "RSET" => SmtpVerb.Rset,
            "NOOP" => SmtpVerb.Noop,
            "VRFY" => SmtpVerb.Vrfy,
            "HELP" => SmtpVerb.Help,
            "QUIT" => SmtpVerb.Quit,
            "STARTTLS" => SmtpVerb.StartTls,
            "AUTH" => SmtpVerb.Auth,
            "XCLIENT" => SmtpVerb.Xclient,
            _ => null,
        };
    }

    private static Reply Unknown(ReadOnlySpan<char> word)
    {
        // A browser that was tricked into speaking to us sends its own commands among ours: it is cut off at the first.
        if (IsOneOf(word, "GET", "POST", "PUT", "HEAD", "CONNECT", "OPTIONS"))
            return Replies.NotHttp;
        // RFC 5321 §4.2.4: 502 for a command that is known and not implemented.
        return IsOneOf(word, "EXPN", "ETRN", "ATRN", "TURN", "SEND", "SOML", "SAML") ? Replies.NotImplemented : Replies.UnknownCommand;
    }

    private static bool IsOneOf(ReadOnlySpan<char> word, params ReadOnlySpan<string> words)
    {
        foreach (var one in words)
        {
            if (word.Equals(one, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private static int MaxOctets(SmtpVerb verb) => verb switch
    {
        SmtpVerb.Mail => MaxMailOctets,
        SmtpVerb.Rcpt => MaxRcptOctets,
        SmtpVerb.Auth => MaxLineOctets,
        SmtpVerb.Xclient => MaxXclientOctets,
        _ => MaxCommandOctets,
    };

    private static bool TryDecode(in ReadOnlySequence<byte> line, out string text)
    {
        try
        {
            text = StrictUtf8.GetString(line);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = "";
            return false;
        }
    }
}
