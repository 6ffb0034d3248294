namespace MailMesh.Access.Imap;

/// <summary>RFC 5465 §5: kinds of events. AnnotationChange is not among them: there are no annotations of messages here.</summary>
[Flags]
internal enum NotifyEvents
{
    None = 0,
    MessageNew = 1,
    MessageExpunge = 2,
    FlagChange = 4,
    MailboxName = 8,
    SubscriptionChange = 16,
    MailboxMetadataChange = 32,
    ServerMetadataChange = 64,

    OfMessages = MessageNew | MessageExpunge | FlagChange,
    All = OfMessages | MailboxName | SubscriptionChange | MailboxMetadataChange | ServerMetadataChange,
}
