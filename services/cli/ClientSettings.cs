using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public class ClientSettings : ServerSettings
{
    [CommandArgument(0, "<NETWORK>")]
    [Description("An address such as 192.0.2.25, or a network such as 192.0.2.0/24")]
    public required string Network { get; init; }
}
