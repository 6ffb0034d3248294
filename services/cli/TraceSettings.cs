using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class TraceSettings : ServerSettings
{
    [CommandArgument(0, "<ID>")]
    [Description("The 32 hex digits of the 250 reply, the Received field or a delivery status notification")]
    public required string Id { get; init; }
}
