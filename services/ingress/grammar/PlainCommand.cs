namespace MailMesh.Ingress.Grammar;

/// <summary>A command whose arguments mean nothing: DATA, RSET, NOOP, HELP, QUIT, STARTTLS.</summary>
internal sealed record PlainCommand(SmtpVerb Verb) : SmtpCommand(Verb);
