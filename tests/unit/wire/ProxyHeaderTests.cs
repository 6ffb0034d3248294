using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;
using CsCheck;
using MailMesh.Wire;

namespace MailMesh.Unit.Tests.Wire;

/// <summary>HAProxy's proxy-protocol.txt, sections 2.1 and 2.2.</summary>
public sealed class ProxyHeaderTests
{
    private static readonly byte[] Signature = "\r\n\r\n\0\r\nQUIT\n"u8.ToArray();

    private static readonly Gen<byte[]> AnyHeader = Gen.OneOf(
        Gen.Select(Gen.Byte.Array[4], Gen.Byte.Array[4], Gen.UShort, Gen.UShort, Line),
        Gen.Select(Gen.Byte.Array[16], Gen.Byte.Array[16], Gen.UShort, Gen.UShort, Line),
        Gen.Select(Gen.Byte.Array[4], Gen.Byte.Array[4], Gen.UShort, Gen.UShort, Gen.Byte.Array[0, 200], Block),
        Gen.Select(Gen.Byte.Array[16], Gen.Byte.Array[16], Gen.UShort, Gen.UShort, Gen.Byte.Array[0, 200], Block));

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 56324 25\r\n", "192.0.2.7:56324", "198.51.100.1:25")]
    [InlineData("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535", "255.255.255.255:65535")]
    [InlineData("PROXY TCP6 2001:db8::7 2001:db8::1 0 25\r\n", "[2001:db8::7]:0", "[2001:db8::1]:25")]
    [InlineData("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")]
    [InlineData("PROXY TCP6 ::ffff:192.0.2.7 ::ffff:198.51.100.1 56324 25\r\n", "192.0.2.7:56324", "198.51.100.1:25")]
    [InlineData("PROXY UNKNOWN\r\n", null, null)]
    [InlineData("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", null, null)]
    public void A_line_names_the_client(string line, string? source, string? destination)
    {
        var octets = Encoding.ASCII.GetBytes(line + "EHLO a\r\n");
        Assert.Equal(ProxyHeaderStatus.Complete, Parse(octets, out var header, out var consumed));
        Assert.Equal(line.Length, consumed);
        Assert.Equal(source, header.Source?.ToString());
        Assert.Equal(destination, header.Destination?.ToString());
    }

    [Theory]
    [InlineData("EHLO a.example\r\n")]
    [InlineData("PROXY\r\n")]
    [InlineData("proxy TCP4 192.0.2.7 198.51.100.1 56324 25\r\n")]
    [InlineData("PROXY  TCP4 192.0.2.7 198.51.100.1 56324 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 56324 25\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 56324 25 \r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 56324\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 65536 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 -1 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2.7 198.51.100.1 025 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2 198.51.100.1 56324 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2.07 198.51.100.1 56324 25\r\n")]
    [InlineData("PROXY TCP4 192.0.2.256 198.51.100.1 56324 25\r\n")]
    [InlineData("PROXY TCP4 0x7f.0.0.1 198.51.100.1 56324 25\r\n")]
    [InlineData("PROXY TCP4 2001:db8::7 2001:db8::1 56324 25\r\n")]
    [InlineData("PROXY TCP6 192.0.2.7 198.51.100.1 56324 25\r\n")]
    [InlineData("PROXY TCP6 fe80::1%eth0 2001:db8::1 56324 25\r\n")]
    [InlineData("PROXY TCP6 [2001:db8::7] 2001:db8::1 56324 25\r\n")]
    [InlineData("PROXY UDP4 192.0.2.7 198.51.100.1 56324 25\r\n")]
    public void What_is_no_such_line_is_malformed(string line) =>
        Assert.Equal(ProxyHeaderStatus.Malformed, Parse(Encoding.ASCII.GetBytes(line), out _, out _));

    /// <summary>§2.1: 107 octets with CRLF are the most, so that no more need be kept.</summary>
    [Fact]
    public void A_line_that_is_too_long_is_malformed_before_it_ends()
    {
        Assert.Equal(ProxyHeaderStatus.Complete, Parse(Encoding.ASCII.GetBytes($"PROXY UNKNOWN {new string('x', 107 - 16)}\r\n"), out _, out _));
        Assert.Equal(ProxyHeaderStatus.Incomplete, Parse(Encoding.ASCII.GetBytes($"PROXY UNKNOWN {new string('x', 107 - 14)}"), out _, out _));
        Assert.Equal(ProxyHeaderStatus.Malformed, Parse(Encoding.ASCII.GetBytes($"PROXY UNKNOWN {new string('x', 107 - 15)}\r\n"), out _, out _));
        Assert.Equal(ProxyHeaderStatus.Malformed, Parse(Encoding.ASCII.GetBytes($"PROXY UNKNOWN {new string('x', 107 - 13)}"), out _, out _));
    }

    [Theory]
    [InlineData(0x21, 0x11, 12, "192.0.2.7:56324")]
    [InlineData(0x21, 0x11, 100, "192.0.2.7:56324")] // TLVs
    [InlineData(0x21, 0x00, 0, null)] // UNSPEC
    [InlineData(0x21, 0x00, 12, null)]
    [InlineData(0x20, 0x00, 0, null)] // LOCAL
    [InlineData(0x20, 0x11, 12, null)]
    [InlineData(0x20, 0x21, 3, null)]
    [InlineData(0x21, 0x12, 12, null)] // UDP: as UNSPEC
    [InlineData(0x21, 0x31, 216, null)] // a UNIX socket: as UNSPEC
    public void A_block_names_the_client(byte command, byte family, int length, string? source)
    {
        byte[] octets = [.. Head(command, family, length), .. Addresses(length), .. "EHLO a\r\n"u8];
        Assert.Equal(ProxyHeaderStatus.Complete, Parse(octets, out var header, out var consumed));
        Assert.Equal(16 + length, consumed);
        Assert.Equal(source, header.Source?.ToString());
    }

    [Theory]
    [InlineData(0x11, 0x11, 12)] // version 1 in binary
    [InlineData(0x22, 0x11, 12)] // no such command
    [InlineData(0x21, 0x13, 12)] // no such transport
    [InlineData(0x21, 0x41, 12)] // no such family
    [InlineData(0x21, 0x11, 11)] // no room for the addresses
    [InlineData(0x21, 0x21, 35)]
    [InlineData(0x21, 0x11, 4097)]
    [InlineData(0x21, 0x11, 65535)]
    public void What_is_no_such_block_is_malformed_from_its_head_on(byte command, byte family, int length) =>
        Assert.Equal(ProxyHeaderStatus.Malformed, Parse(Head(command, family, length), out _, out _));

    [Fact]
    public void A_wrong_version_is_malformed_before_the_length_is_there() =>
        Assert.Equal(ProxyHeaderStatus.Malformed, Parse([.. Signature, 0x31], out _, out _));

    [Fact]
    public void An_address_that_is_mapped_is_the_one_that_it_maps()
    {
        var mapped = IPAddress.Parse("::ffff:192.0.2.7").GetAddressBytes();
        byte[] octets = [.. Head(0x21, 0x21, 36), .. mapped, .. mapped, 0, 1, 0, 2];
        Parse(octets, out var header, out _);
        Assert.Equal("192.0.2.7:1", header.Source!.ToString());
        Assert.Equal("192.0.2.7:2", header.Destination!.ToString());
    }

    [Fact]
    public void Every_header_comes_back_and_every_part_of_one_is_incomplete() => AnyHeader.Sample(header =>
    {
        for (var length = 0; length < header.Length; length++)
        {
            if (Parse(header[..length], out _, out _) != ProxyHeaderStatus.Incomplete)
                return false;
        }
        return Parse([.. header, 1, 2, 3], out var whole, out var consumed) == ProxyHeaderStatus.Complete && consumed == header.Length && whole.Source is not null;
    }, iter: 500);

    [Fact]
    public void It_does_not_matter_how_the_octets_are_divided() => Gen.Select(AnyHeader, Gen.Int[1, 40]).Sample((header, size) =>
    {
        var status = Parse(header, out var whole, out var consumed);
        var divided = Divide(header, size);
        var again = ProxyHeader.TryParse(divided, out var same, out var end);
        return status == again && whole == same && divided.Slice(0, end).Length == consumed;
    }, iter: 500);

    [Fact]
    public void A_wrong_octet_anywhere_never_reads_past_the_header() => Gen.Select(AnyHeader, Gen.Int[0, 300], Gen.Byte).Sample((header, at, octet) =>
    {
        var changed = header.ToArray();
        changed[at % changed.Length] = octet;
        var status = Parse(changed, out _, out var consumed);
        return consumed <= changed.Length && (status == ProxyHeaderStatus.Complete || consumed == 0);
    }, iter: 2000);

    [Fact]
    public void Nothing_that_is_malformed_becomes_a_header_by_what_follows() => Gen.Byte.Array[1, 40].Sample(octets =>
        Parse(octets, out _, out _) != ProxyHeaderStatus.Malformed || Parse([.. octets, .. octets], out _, out _) == ProxyHeaderStatus.Malformed, iter: 2000);

    private static ProxyHeaderStatus Parse(byte[] octets, out ProxyHeader header, out int consumed)
    {
        var sequence = new ReadOnlySequence<byte>(octets);
        var status = ProxyHeader.TryParse(sequence, out header, out var end);
        consumed = (int)sequence.Slice(0, end).Length;
        return status;
    }

    private static byte[] Line(byte[] source, byte[] destination, ushort sourcePort, ushort destinationPort) => Encoding.ASCII.GetBytes(
        $"PROXY TCP{(source.Length == 4 ? 4 : 6)} {new IPAddress(source)} {new IPAddress(destination)} {sourcePort} {destinationPort}\r\n");

    private static byte[] Block(byte[] source, byte[] destination, ushort sourcePort, ushort destinationPort, byte[] rest)
    {
        var ports = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(ports, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(ports.AsSpan(2), destinationPort);
        return [.. Head(0x21, (byte)(source.Length == 4 ? 0x11 : 0x21), (2 * source.Length) + 4 + rest.Length), .. source, .. destination, .. ports, .. rest];
    }

    private static byte[] Head(byte command, byte family, int length) => [.. Signature, command, family, (byte)(length >> 8), (byte)length];

    private static byte[] Addresses(int length)
    {
        var block = new byte[length];
        byte[] ipv4 = [192, 0, 2, 7, 198, 51, 100, 1, 0xDC, 0x04, 0, 25];
        ipv4.AsSpan(0, Math.Min(length, ipv4.Length)).CopyTo(block);
        return block;
    }

    private static ReadOnlySequence<byte> Divide(byte[] octets, int size)
    {
        var first = new Segment(octets.AsMemory(0, Math.Min(size, octets.Length)), 0);
        var last = first;
        for (var at = size; at < octets.Length; at += size)
            last = last.Append(octets.AsMemory(at, Math.Min(size, octets.Length - at)));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex) => (Memory, RunningIndex) = (memory, runningIndex);

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
