using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class AliasSettings : ServerSettings
{
    [CommandArgument(0, "<FROM>")]
    [Description("An address of a domain of ours, or @DOMAIN for every address that is nothing else")]
    public required string Source { get; init; }

    [CommandArgument(1, "<TO>")]
    [Description("An address here or elsewhere")]
    public required string Target { get; init; }
}
