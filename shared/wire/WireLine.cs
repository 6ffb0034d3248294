using System.Buffers;
using System.Text;

namespace MailMesh.Wire;

/// <summary>Outcome of reading a line.</summary>
public readonly record struct WireLine(LineStatus Status, ReadOnlySequence<byte> Octets)
{
    public static WireLine End => new(LineStatus.End, default);

    public static WireLine Endless => new(LineStatus.Endless, default);

    public static WireLine TooLong => new(LineStatus.TooLong, default);

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
