namespace MailMesh.Dsn;

/// <summary>RFC 3464 §2.3.3: what became of a recipient.</summary>
public enum DsnAction
{
    /// <summary>Given up: the message will not reach this recipient.</summary>
    Failed,

    /// <summary>Not yet delivered; attempts go on.</summary>
    Delayed,

    /// <summary>In the recipient's mailbox.</summary>
    Delivered,

    /// <summary>With a server that may not tell of the delivery itself.</summary>
    Relayed,

    /// <summary>On its way to the several addresses behind this one, of which nothing more is told.</summary>
    Expanded,
}
