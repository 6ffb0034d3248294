using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public class BanSettings : ServerSettings
{
    [CommandArgument(0, "<SUBJECT>")]
    [Description("An address such as 192.0.2.1, a network such as 192.0.2.0/24, or an account such as user@example.org")]
    public required string Subject { get; init; }
}
