using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class QueueTarget : ServerSettings
{
    [CommandArgument(0, "<ID>")]
    [Description("Number of a queue entry, or the id of a message for all of its entries")]
    public required string Id { get; init; }
}
