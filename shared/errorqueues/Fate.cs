namespace MailMesh.ErrorQueues;

/// <summary>What becomes of a message that a walk meets.</summary>
internal enum Fate
{
    /// <summary>Back to the end of its error queue.</summary>
    Keep,

    /// <summary>To the queue that it could not be taken from, as it was before it failed.</summary>
    Retry,

    Remove,
}
