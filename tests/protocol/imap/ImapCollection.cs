namespace MailMesh.Protocol.Tests.Imap;

/// <summary>All transcripts of IMAP share a store; each has an account of its own.</summary>
[CollectionDefinition(Name)]
public sealed class ImapCollection : ICollectionFixture<ImapWorld>
{
    public const string Name = "imap";
}
