namespace MailMesh.Access.Imap;

/// <summary>What came from the client: a command, or why there is none.</summary>
/// <param name="Octets">The command without its last CRLF, literals inline; valid until the next read.</param>
internal readonly record struct CommandInput(CommandInputKind Kind, ReadOnlyMemory<byte> Octets);

internal enum CommandInputKind
{
    Complete,

    /// <summary>A command, or its next line, up to the marker of a message, which has not been read.</summary>
    MessageAhead,

    /// <summary>The line goes on and on: the connection has to end.</summary>
    LineEndless,

    /// <summary>A literal is larger than allowed; it will not come.</summary>
    LiteralTooLarge,

    /// <summary>The line is longer than allowed; it has been read away but for its tag.</summary>
    LineTooLong,

    /// <summary>A literal is larger than allowed and on its way: the connection has to end.</summary>
    LiteralComes,

    /// <summary>The client has gone.</summary>
    End,
}
