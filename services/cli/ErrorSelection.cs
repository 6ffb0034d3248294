using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

/// <summary>One message, or all of them when that is said.</summary>
public sealed class ErrorSelection : ServerSettings
{
    [CommandArgument(0, "[ID]")]
    [Description("Id of the message, as mailmesh errors list shows it")]
    public string? Id { get; init; }

    [CommandOption("--all")]
    [Description("Every message that is there now")]
    public bool All { get; init; }

    [CommandOption("--queue <QUEUE>")]
    [Description("With --all: only what came from this queue")]
    public string? Queue { get; init; }

    public override ValidationResult Validate() =>
        Id is null == All && (Queue is null || All) ? ValidationResult.Success() : ValidationResult.Error("Give the ID of a message, or --all [--queue QUEUE].");
}
