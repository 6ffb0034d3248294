using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class AppPasswordSettings : AddressSettings
{
    [CommandArgument(1, "<NAME>")]
    [Description("What the device or program is called, such as 'Phone'")]
    public required string Name { get; init; }
}
