namespace MailMesh.ErrorQueues;

/// <summary>What an operator's verb did.</summary>
/// <param name="Changed">Messages handed on or removed.</param>
/// <param name="Refused">Messages that could not be handed on: the queue that they came from is not there. They stay.</param>
public sealed record ErrorChange(int Changed, int Refused);
