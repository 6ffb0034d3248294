using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace MailMesh.Wire;

/// <summary>
/// HAProxy's PROXY protocol, versions 1 and 2 (proxy-protocol.txt): what a load balancer says, before anything else, of the client that it passes on.
/// No I/O: octets in; header, 'incomplete' or 'malformed' out.
/// </summary>
/// <param name="Source">The client; null where the proxy speaks for itself or does not know (LOCAL, UNSPEC, UNKNOWN, and what is no TCP).</param>
/// <param name="Destination">Our address as the client reached it; null likewise.</param>
public sealed record ProxyHeader(IPEndPoint? Source, IPEndPoint? Destination)
{
    /// <summary>§2.1: the longest line of version 1, CRLF included.</summary>
    private const int MaxLineOctets = 107;

    /// <summary>Addresses take 36 octets, or 216 of a UNIX socket; the rest is for TLVs, which are certificates at the most. Ours to choose.</summary>
    private const int MaxBlockOctets = 4096;

    private const int BlockHeadOctets = 16;

    private static readonly ProxyHeader Unknown = new(null, null);

    /// <summary>§2.2.</summary>
    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    private static ReadOnlySpan<byte> Word => "PROXY "u8;

    /// <summary>Reads a header from the start of what a proxy sent.</summary>
    /// <param name="header">Set when complete.</param>
    /// <param name="end">Behind the header, when complete: there the client's own octets begin.</param>
    public static ProxyHeaderStatus TryParse(in ReadOnlySequence<byte> octets, out ProxyHeader header, out SequencePosition end)
    {
        header = Unknown;
        end = octets.Start;
        // One more than the longest line, to tell a line that is too long from one that is not there yet.
        Span<byte> head = stackalloc byte[(int)Math.Min(octets.Length, MaxLineOctets + 1)];
        octets.Slice(0, head.Length).CopyTo(head);
        if (StartsWith(head, Signature))
            return TryParseBlock(octets, head, ref header, ref end);
        return StartsWith(head, Word) ? TryParseLine(octets, head, ref header, ref end) : ProxyHeaderStatus.Malformed;
    }

    /// <summary>True too where less than the whole of the beginning is there yet.</summary>
    private static bool StartsWith(ReadOnlySpan<byte> head, ReadOnlySpan<byte> with) => with.StartsWith(head[..Math.Min(head.Length, with.Length)]);

    private static ProxyHeaderStatus TryParseBlock(in ReadOnlySequence<byte> octets, ReadOnlySpan<byte> head, ref ProxyHeader header, ref SequencePosition end)
    {
        if (head.Length < BlockHeadOctets)
            return head.Length > Signature.Length && !IsCommand(head[12]) ? ProxyHeaderStatus.Malformed : ProxyHeaderStatus.Incomplete;
        var length = BinaryPrimitives.ReadUInt16BigEndian(head[14..]);
        if (!IsCommand(head[12]) || length > MaxBlockOctets || !TryFamily(head[13], out var addressOctets))
            return ProxyHeaderStatus.Malformed;
        var isLocal = head[12] == 0x20; // the proxy's own connection, a health check for instance: family and addresses mean nothing
        if (!isLocal && length < addressOctets)
            return ProxyHeaderStatus.Malformed;
        if (octets.Length < BlockHeadOctets + length)
            return ProxyHeaderStatus.Incomplete;
        end = octets.GetPosition(BlockHeadOctets + length);
        if (!isLocal && head[13] is 0x11 or 0x21)
            header = AddressesOf(head[BlockHeadOctets..], head[13] == 0x11 ? 4 : 16);
        return ProxyHeaderStatus.Complete;
    }

    /// <summary>Version 2 with LOCAL or PROXY; every other value must be refused.</summary>
    private static bool IsCommand(byte octet) => octet is 0x20 or 0x21;

    /// <summary>The valid families. Those that are no TCP count as UNSPEC, as §2.2 lets who does not implement them.</summary>
    private static bool TryFamily(byte octet, out int addressOctets)
    {
        addressOctets = (octet >> 4) switch { 1 => 12, 2 => 36, 3 => 216, _ => 0 };
        return octet is 0x00 or 0x11 or 0x12 or 0x21 or 0x22 or 0x31 or 0x32;
    }

    private static ProxyHeader AddressesOf(ReadOnlySpan<byte> block, int octets) => new(
        EndPoint(block[..octets], block[(2 * octets)..]),
        EndPoint(block.Slice(octets, octets), block[(2 * octets + 2)..]));

    private static IPEndPoint EndPoint(ReadOnlySpan<byte> address, ReadOnlySpan<byte> port) =>
        new(Plain(new IPAddress(address)), BinaryPrimitives.ReadUInt16BigEndian(port));

    private static ProxyHeaderStatus TryParseLine(in ReadOnlySequence<byte> octets, ReadOnlySpan<byte> head, ref ProxyHeader header, ref SequencePosition end)
    {
        var lf = head[..Math.Min(head.Length, MaxLineOctets)].IndexOf((byte)'\n');
        if (lf < 0)
            return head.Length > MaxLineOctets ? ProxyHeaderStatus.Malformed : ProxyHeaderStatus.Incomplete;
        if (head[lf - 1] != '\r' || !TryParseLine(Encoding.Latin1.GetString(head[Word.Length..(lf - 1)]), out header))
            return ProxyHeaderStatus.Malformed;
        end = octets.GetPosition(lf + 1);
        return ProxyHeaderStatus.Complete;
    }

    private static bool TryParseLine(string line, out ProxyHeader header)
    {
        header = Unknown;
        var words = line.Split(' ');
        // What follows UNKNOWN has to be ignored.
        if (words[0] == "UNKNOWN")
            return true;
        if (words.Length != 5 || words[0] is not ("TCP4" or "TCP6")
            || !TryAddress(words[1], words[0] == "TCP6", out var source) || !TryAddress(words[2], words[0] == "TCP6", out var destination)
            || !TryPort(words[3], out var sourcePort) || !TryPort(words[4], out var destinationPort))
            return false;
        header = new ProxyHeader(new IPEndPoint(source, sourcePort), new IPEndPoint(destination, destinationPort));
        return true;
    }

    private static bool TryAddress(string word, bool isIpv6, out IPAddress address)
    {
        address = IPAddress.None;
        // The framework reads '1', '0x7f.1', '[::1]:25' and '::1%eth0' as addresses too.
        var isPlain = isIpv6
            ? word.Contains(':', StringComparison.Ordinal) && word.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.')
            : word.Count(c => c == '.') == 3 && word.All(c => char.IsAsciiDigit(c) || c == '.');
        if (!isPlain || !IPAddress.TryParse(word, out var parsed) || (!isIpv6 && parsed.ToString() != word))
            return false;
        address = Plain(parsed);
        return true;
    }

    private static bool TryPort(string word, out ushort port) =>
        ushort.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out port) && (word.Length == 1 || word[0] != '0');

    /// <summary>Networks are written and counted without the mapping.</summary>
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}

public enum ProxyHeaderStatus
{
    /// <summary>More octets are needed; the length of a header is bounded.</summary>
    Incomplete,

    Complete,

    Malformed,
}

/// <summary>A proxy that has to say whom it passes on said something else, or nothing in time.</summary>
public sealed class ProxyHeaderException(string reason) : IOException(reason);
