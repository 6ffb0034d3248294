using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class NewRouteSettings : NameSettings
{
    [CommandArgument(1, "<HOST:PORT>")]
    [Description("The server that takes the domain's mail; an IPv6 address in brackets")]
    public required string NextHop { get; init; }

    [CommandOption("--user <USER>")]
    [Description("Authenticate as this user")]
    public string? Username { get; init; }

    [CommandOption("--password <PASSWORD>")]
    [Description("The password; others on this machine can see it while the command runs")]
    public string? Password { get; init; }

    [CommandOption("--password-stdin")]
    [Description("Read the password from the first line of standard input")]
    public bool PasswordFromInput { get; init; }
}
