using MailMesh.Contracts;

namespace MailMesh.Mailstore;

/// <summary>A command and the index of its message.</summary>
internal sealed record JudgedContent(DeliverMessage Message, IndexedContent Content);
