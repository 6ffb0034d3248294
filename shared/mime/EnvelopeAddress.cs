namespace MailMesh.Mime;

/// <summary>RFC 3501 address structure. A null host is the start of a group (mailbox is its name) or its end (mailbox null too).</summary>
public sealed record EnvelopeAddress(string? Name, string? Route, string? Mailbox, string? Host)
{
    /// <summary>Stands for a local-part that the field does not give; Dovecot's word for it, which clients know.</summary>
    public const string MissingMailbox = "MISSING_MAILBOX";

    /// <summary>Stands for a domain that the field does not give, since a null host would mean a group.</summary>
    public const string MissingHost = "MISSING_DOMAIN";

    /// <summary>Ends a group.</summary>
    public static readonly EnvelopeAddress GroupEnd = new(null, null, null, null);
}
