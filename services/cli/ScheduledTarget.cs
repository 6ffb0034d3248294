using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class ScheduledTarget : UserSettings
{
    [CommandArgument(0, "<ID>")]
    [Description("Id of the message, as its 250 showed it and the list does")]
    public required string Id { get; init; }
}
