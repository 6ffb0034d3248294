namespace MailMesh.Mailstore;

/// <summary>RFC 3501 §2.3.2 system flags; \Recent is the session's affair.</summary>
[Flags]
public enum SystemFlags
{
    None = 0,
    Seen = 1,
    Answered = 2,
    Flagged = 4,
    Deleted = 8,
    Draft = 16,
}
