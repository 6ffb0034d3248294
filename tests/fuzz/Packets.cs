using System.Buffers;

namespace MailMesh.Fuzz;

/// <summary>An input and how the network cut it: its first octet seeds the cuts, so that a fuzzer finds the bad ones by itself.</summary>
internal static class Packets
{
    private const int MostPackets = 64;

    /// <summary>The rest of the input, whole and cut.</summary>
    public static (byte[] Whole, IReadOnlyList<byte[]> Cut) Of(byte[] input)
    {
        if (input.Length == 0)
            return ([], []);
        var whole = input[1..];
        var random = new Random(input[0]);
        // A seed below 64 cuts octet by octet: the hardest case of all.
        var longest = input[0] < 64 ? 1 : Math.Max(1, whole.Length / 4);
        var cut = new List<byte[]>();
        for (var at = 0; at < whole.Length;)
        {
            var length = cut.Count < MostPackets || input[0] < 64 ? Math.Min(random.Next(1, longest + 1), whole.Length - at) : whole.Length - at;
            cut.Add(whole[at..(at + length)]);
            at += length;
        }
        return (whole, cut);
    }

    /// <summary>As a pipe hands over what came in several packets.</summary>
    public static ReadOnlySequence<byte> Sequence(IReadOnlyList<byte[]> packets)
    {
        if (packets.Count == 0)
            return ReadOnlySequence<byte>.Empty;
        var first = new Segment(packets[0], null);
        var last = first;
        foreach (var packet in packets.Skip(1))
            last = new Segment(packet, last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] octets, Segment? before)
        {
            Memory = octets;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
