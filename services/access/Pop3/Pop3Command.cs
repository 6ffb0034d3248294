using System.Collections.Frozen;

namespace MailMesh.Access.Pop3;

/// <summary>A command of the table: its name, the states in which it is legal, and what it does.</summary>
/// <param name="Run">Called with what follows the name and one blank.</param>
internal sealed record Pop3Command(string Name, Pop3States LegalIn, Func<Pop3Session, string, ValueTask> Run)
{
    private static readonly FrozenDictionary<string, Pop3Command> Table = new Pop3Command[]
    {
        new("CAPA", Pop3States.Both, CapaCommand.Run),
        new("QUIT", Pop3States.Both, QuitCommand.RunAsync),
        new("USER", Pop3States.Authorization, LoginCommands.User),
        new("PASS", Pop3States.Authorization, LoginCommands.PassAsync),
        new("AUTH", Pop3States.Authorization, AuthCommand.RunAsync),
        new("STLS", Pop3States.Authorization, StlsCommand.RunAsync),
        new("UTF8", Pop3States.Authorization, LanguageCommands.Utf8),
        new("LANG", Pop3States.Both, LanguageCommands.Lang),
        new("STAT", Pop3States.Transaction, MaildropCommands.Stat),
        new("LIST", Pop3States.Transaction, MaildropCommands.ListAsync),
        new("UIDL", Pop3States.Transaction, MaildropCommands.UidlAsync),
        new("DELE", Pop3States.Transaction, MaildropCommands.Dele),
        new("RSET", Pop3States.Transaction, MaildropCommands.Rset),
        new("NOOP", Pop3States.Transaction, MaildropCommands.Noop),
        new("RETR", Pop3States.Transaction, RetrievalCommands.RetrAsync),
        new("TOP", Pop3States.Transaction, RetrievalCommands.TopAsync),
    }.ToFrozenDictionary(command => command.Name, StringComparer.OrdinalIgnoreCase);

    public static Pop3Command? Find(string name) => Table.GetValueOrDefault(name);

    public bool IsLegalIn(Pop3State state) => LegalIn.HasFlag(state is Pop3State.Transaction ? Pop3States.Transaction : Pop3States.Authorization);
}

/// <summary>States in which a command is legal.</summary>
[Flags]
internal enum Pop3States
{
    None = 0,
    Authorization = 1,
    Transaction = 2,
    Both = 3,
}
