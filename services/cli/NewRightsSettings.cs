using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

public sealed class NewRightsSettings : RightsHolderSettings
{
    [CommandArgument(3, "<RIGHTS>")]
    [Description("Letters of RFC 4314: l list, r read, s \\Seen, w other flags, i insert, p post, k create below, x delete, t \\Deleted, e expunge, a administer")]
    public required string Rights { get; init; }
}
