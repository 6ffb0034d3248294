namespace MailMesh.Ingress.Session;

/// <summary>RFC 2033 §4.2: the reply to a message for one of its recipients.</summary>
internal sealed record RecipientReply(string ForwardPath, Reply Reply);
