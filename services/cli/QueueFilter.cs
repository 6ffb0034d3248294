using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class QueueFilter : ServerSettings
{
    [CommandOption("--domain <DOMAIN>")]
    [Description("Only mail for this domain")]
    public string? Domain { get; init; }

    [CommandOption("--state <STATE>")]
    [Description("Only mail that is waiting, sending or held")]
    public string? State { get; init; }
}
