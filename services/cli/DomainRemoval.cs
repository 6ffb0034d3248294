using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class DomainRemoval : NameSettings
{
    [CommandOption("--with-accounts")]
    [Description("Remove its accounts and their mail too")]
    public bool WithAccounts { get; init; }
}
