using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

/// <summary>A verb on one mailbox of an account.</summary>
public class MailboxSettings : AddressSettings
{
    [CommandArgument(1, "<MAILBOX>")]
    [Description("The mailbox's name, such as INBOX or Work/Plans")]
    public required string Mailbox { get; init; }
}
