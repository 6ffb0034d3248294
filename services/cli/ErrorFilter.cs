using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class ErrorFilter : ServerSettings
{
    [CommandOption("--queue <QUEUE>")]
    [Description("Only what came from this queue, such as filtering, storage or relay")]
    public string? Queue { get; init; }
}
