using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class ErrorTarget : ServerSettings
{
    [CommandArgument(0, "<ID>")]
    [Description("Id of the message, as mailmesh errors list shows it")]
    public required string Id { get; init; }
}
