using System.Net;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Grammar;

/// <summary>RFC 5321 §4.1.1.1: EHLO, or HELO when not <see cref="Extended"/>; RFC 2033 §4.1: LHLO.</summary>
/// <param name="Domain">The client's name for itself, or an address literal; safe to write into a trace field.</param>
internal sealed record HelloCommand(SmtpVerb Verb, string Domain) : SmtpCommand(Verb)
{
    public bool Extended => Verb != SmtpVerb.Helo;

    public static Parsed Parse(SmtpVerb verb, ReadOnlySpan<char> arguments)
    {
        var name = arguments.Trim(' ');
        if (name.Length is 0 or > AddressGrammar.MaxDomainOctets)
            return Replies.HelloNeedsDomain;
        return IsName(name) || AddressGrammar.IsAddressLiteral(name) || IPAddress.TryParse(name, out _)
            ? new HelloCommand(verb, name.ToString())
            : Replies.HelloNeedsDomain;
    }

    /// <summary>RFC 5321 wants a domain; names with '_' or a dot at the end are common among Windows clients and do no harm.</summary>
    private static bool IsName(ReadOnlySpan<char> name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_'))
                return false;
        }
        return name[0] != '.';
    }
}
