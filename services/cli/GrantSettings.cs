using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class GrantSettings : ServerSettings
{
    [CommandArgument(0, "<ACCOUNT>")]
    [Description("The account's address")]
    public required string Account { get; init; }

    [CommandArgument(1, "<ADDRESS>")]
    [Description("An address, or @DOMAIN for every address of a domain of ours")]
    public required string Address { get; init; }
}
