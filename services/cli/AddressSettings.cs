using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

/// <summary>A verb on one account.</summary>
public class AddressSettings : ServerSettings
{
    [CommandArgument(0, "<USER@DOMAIN>")]
    [Description("The account's address, which is its login name too")]
    public required string Address { get; init; }
}
