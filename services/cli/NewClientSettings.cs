using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class NewClientSettings : ClientSettings
{
    [CommandOption("--sender <ADDRESS>")]
    [Description("Stands in for the sender of its mail; senders stay as they are by default")]
    public string? Sender { get; init; }

    [CommandOption("--quota <N>")]
    [Description("Most messages of each address within a day; no limit by default")]
    public long? Quota { get; init; }

    [CommandOption("--description <TEXT>")]
    [Description("What it is, for whoever lists clients")]
    public string? Text { get; init; }
}
