using System.Buffers;
using System.Text;

namespace MailMesh.Wire;

/// <summary>Outcome of reading a line.</summary>
/// <param name="Octets">Without its end; of a line that is too long the first <see cref="KeptOctets"/>.</param>
public readonly record struct WireLine(LineStatus Status, ReadOnlySequence<byte> Octets)
{
    /// <summary>Enough of a line that is too long to tell what it was, as by an IMAP tag.</summary>
    public const int KeptOctets = 128;

    public static WireLine End => new(LineStatus.End, default);

    public static WireLine Endless => new(LineStatus.Endless, default);

    public static WireLine TooLong(byte[] start) => new(LineStatus.TooLong, new ReadOnlySequence<byte>(start));

    /// <summary>The line as text; octets that are not UTF-8 become U+FFFD.</summary>
    public string Text => Encoding.UTF8.GetString(Octets);
}

public enum LineStatus
{
    Complete,

    /// <summary>Longer than allowed; dropped to its end.</summary>
    TooLong,

    /// <summary>Longer than <see cref="WireConnection.MaxDroppedOctets"/>, and not at its end: there is no next line.</summary>
    Endless,

    /// <summary>The client closed its side.</summary>
    End,
}

/// <summary>The client was silent, or read nothing, for longer than the protocol allows.</summary>
public sealed class ClientTimeoutException() : IOException("The client was silent for too long.");

/// <summary>The client did not end its TLS handshake in time; nothing can be said to it.</summary>
public sealed class HandshakeTimeoutException() : IOException("The TLS handshake took too long.");
