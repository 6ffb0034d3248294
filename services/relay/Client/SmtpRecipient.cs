namespace MailMesh.Relay.Client;

/// <summary>A recipient of a transaction.</summary>
/// <param name="Address">Without angle brackets.</param>
internal sealed record SmtpRecipient(string Address)
{
    /// <summary>RFC 3461 NOTIFY; null where the sender gave none.</summary>
    public string? Notify { get; init; }

    /// <summary>RFC 3461 ORCPT, for servers that announce DSN; null: none is given.</summary>
    public string? OriginalRecipient { get; init; }
}
