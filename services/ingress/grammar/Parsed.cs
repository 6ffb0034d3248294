using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Grammar;

/// <summary>What a line is: a command, or the reply that refuses it.</summary>
internal readonly record struct Parsed
{
    private Parsed(SmtpCommand? command, Reply? refusal)
    {
        Command = command;
        Refusal = refusal;
    }

    public SmtpCommand? Command { get; }

    public Reply? Refusal { get; }

    public static implicit operator Parsed(SmtpCommand command) => new(command, null);

    public static implicit operator Parsed(Reply refusal) => new(null, refusal);
}
