namespace MailMesh.Mailstore;

/// <summary>RFC 5464 §4.2.2: how far below an entry is looked.</summary>
public enum AnnotationDepth
{
    Entry,
    Children,
    All,
}
