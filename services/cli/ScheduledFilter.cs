using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class ScheduledFilter : UserSettings
{
    [CommandOption("--account <ADDRESS>")]
    [Description("Only mail of this account")]
    public string? Account { get; init; }
}
