using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class SearchSettings : ServerSettings
{
    [CommandOption("--from <ADDRESS>")]
    [Description("Reverse-path, or a part of it")]
    public string? Sender { get; init; }

    [CommandOption("--to <ADDRESS>")]
    [Description("Recipient, or a part of it")]
    public string? Recipient { get; init; }

    [CommandOption("--since <TIME>")]
    [Description("Not before this moment, such as 2026-01-31T09:00:00Z; a day ago by default")]
    public string? Since { get; init; }

    [CommandOption("--until <TIME>")]
    [Description("Not after this moment; now by default")]
    public string? Until { get; init; }
}
