namespace MailMesh.Dsn;

/// <summary>RFC 3464 §2.3.3: what became of a recipient.</summary>
public enum DsnAction
{
    /// <summary>Given up: the message will not reach this recipient.</summary>
    Failed,

    /// <summary>Not yet delivered; attempts go on.</summary>
    Delayed,
}
