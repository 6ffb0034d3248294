using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Grammar;

/// <summary>RFC 5321 §4.1.1.6.</summary>
internal sealed record VrfyCommand() : SmtpCommand(SmtpVerb.Vrfy)
{
    public static Parsed Parse(ReadOnlySpan<char> arguments) => arguments.IsEmpty ? Replies.VrfySyntax : new VrfyCommand();
}
