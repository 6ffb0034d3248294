using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class AccountFilter : ServerSettings
{
    [CommandOption("--domain <DOMAIN>")]
    [Description("Only accounts of this domain")]
    public string? Domain { get; init; }
}
