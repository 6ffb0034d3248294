using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

/// <summary>A verb on what somebody may do with a mailbox.</summary>
public class RightsHolderSettings : MailboxSettings
{
    [CommandArgument(2, "<WHO>")]
    [Description("An account's address, or 'anyone' for everybody of the owner's domain; after -- and with '-' before it, rights are taken away")]
    public required string Who { get; init; }
}
