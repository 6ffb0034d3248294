using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Grammar;

/// <summary>RFC 4954 §4: AUTH mechanism [initial-response].</summary>
/// <param name="Mechanism">In upper case.</param>
/// <param name="InitialResponse">As sent, '=' for an empty one; null where none is sent.</param>
internal sealed record AuthCommand(string Mechanism, string? InitialResponse) : SmtpCommand(SmtpVerb.Auth)
{
    public static Parsed Parse(ReadOnlySpan<char> arguments)
    {
        var words = arguments.Trim(' ');
        var blank = words.IndexOf(' ');
        var mechanism = blank < 0 ? words : words[..blank];
        var initial = blank < 0 ? null : words[(blank + 1)..].ToString();
        if (mechanism.IsEmpty || initial?.Contains(' ') == true)
            return Replies.AuthSyntax;
        return new AuthCommand(mechanism.ToString().ToUpperInvariant(), initial);
    }

    /// <summary>A compiler-written ToString would show the secret.</summary>
    public override string ToString() => $"AUTH {Mechanism}";
}
