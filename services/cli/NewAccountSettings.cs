using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class NewAccountSettings : PasswordSettings
{
    [CommandOption("--name <NAME>")]
    [Description("Name for people to read")]
    public string? DisplayName { get; init; }
}
