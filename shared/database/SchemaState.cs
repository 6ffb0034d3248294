namespace MailMesh.Database;

/// <summary>What the database has of the schema that this version needs.</summary>
public enum SchemaState
{
    /// <summary>Nothing; the storage service makes it.</summary>
    Missing,

    /// <summary>That of an earlier version; the storage service of this version brings it up to date.</summary>
    Older,

    /// <summary>All of it, and perhaps what a later version has added.</summary>
    Current,
}
