namespace MailMesh.Ingress.Grammar;

/// <summary>A command as its grammar understood it.</summary>
internal abstract record SmtpCommand(SmtpVerb Verb);

/// <summary>The commands that have a grammar here; every other word is refused.</summary>
internal enum SmtpVerb
{
    Ehlo,
    Helo,
    Lhlo,
    Mail,
    Rcpt,
    Data,
    Bdat,
    Rset,
    Noop,
    Vrfy,
    Help,
    Quit,
    StartTls,
    Auth,
    Xclient,
}
