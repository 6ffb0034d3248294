using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class GrantFilter : ServerSettings
{
    [CommandOption("--account <ACCOUNT>")]
    [Description("Only grants of this account")]
    public string? Account { get; init; }
}
