using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class AliasFilter : ServerSettings
{
    [CommandOption("--domain <DOMAIN>")]
    [Description("Only aliases of this domain")]
    public string? Domain { get; init; }
}
