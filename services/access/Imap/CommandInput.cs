namespace MailMesh.Access.Imap;

/// <summary>What came from the client: a command, or why there is none.</summary>
/// <param name="Octets">The command without its last CRLF, literals inline; valid until the next read.</param>
internal readonly record struct CommandInput(CommandInputKind Kind, ReadOnlyMemory<byte> Octets);

internal enum CommandInputKind
{
    Complete,

    /// <summary>An APPEND up to the marker of its message, which has not been read.</summary>
    MessageAhead,

    /// <summary>A literal is larger than allowed; the command has been read away or will not come.</summary>
    LiteralTooLarge,

    /// <summary>The line is longer than allowed; it has been read away.</summary>
    LineTooLong,

    /// <summary>A literal on its way is so large that the connection has to end.</summary>
    Absurd,

    /// <summary>The client has gone.</summary>
    End,
}
