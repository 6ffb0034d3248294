using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

/// <summary>A verb on one domain.</summary>
public class NameSettings : ServerSettings
{
    [CommandArgument(0, "<DOMAIN>")]
    [Description("The domain, such as example.org")]
    public required string Name { get; init; }
}
