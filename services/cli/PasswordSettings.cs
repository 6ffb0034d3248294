using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

/// <summary>A verb that sets an account's password.</summary>
public class PasswordSettings : AddressSettings
{
    [CommandOption("--password <PASSWORD>")]
    [Description("The password; others on this machine can see it while the command runs")]
    public string? Password { get; init; }

    [CommandOption("--password-stdin")]
    [Description("Read the password from the first line of standard input")]
    public bool PasswordFromInput { get; init; }

    /// <summary>The password that was given; a person at a terminal is asked.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public string ReadPassword(Terminal terminal) => Password
        ?? Secrets.Read(PasswordFromInput, "Password", terminal)
        ?? throw CommandException.Usage("Say --password-stdin and give the password on standard input, or say --password PASSWORD.");
}
