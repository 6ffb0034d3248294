using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class AliasRemoval : ServerSettings
{
    [CommandArgument(0, "<FROM>")]
    [Description("The alias")]
    public required string Source { get; init; }

    [CommandArgument(1, "[TO]")]
    [Description("Only this target; all of them by default")]
    public string? Target { get; init; }
}
