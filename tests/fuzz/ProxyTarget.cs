using System.Buffers;
using MailMesh.Wire;

namespace MailMesh.Fuzz;

/// <summary>A PROXY header and what follows it: the more octets there are, the more is known, and nothing that was known changes.</summary>
internal static class ProxyTarget
{
    /// <summary>What a header may have at the most, §2.2's fixed part included: what is longer and still incomplete would hold memory for ever.</summary>
    private const int MostOctets = 16 + 4096;

    public static void Run(byte[] input)
    {
        var (whole, cut) = Packets.Of(input);
        var expected = Parse([whole]);
        BrokenPromiseException.Unless(expected.Status != ProxyHeaderStatus.Incomplete || whole.Length < MostOctets, $"{whole.Length} octets are no header, and still it waits.");
        for (var packets = 1; packets <= cut.Count; packets++)
        {
            var soFar = Parse(cut.Take(packets).ToArray());
            BrokenPromiseException.Unless(soFar == expected || (soFar.Status == ProxyHeaderStatus.Incomplete && packets < cut.Count), $"{soFar} after {packets} packets, {expected} after all.");
        }
    }

    private static (ProxyHeaderStatus Status, ProxyHeader? Header, long Octets) Parse(byte[][] packets)
    {
        var octets = Packets.Sequence(packets);
        var status = ProxyHeader.TryParse(octets, out var header, out var end);
        var taken = octets.Slice(0, end).Length;
        BrokenPromiseException.Unless(taken == 0 || status == ProxyHeaderStatus.Complete, $"{taken} octets taken of what is {status}.");
        return status == ProxyHeaderStatus.Complete ? (status, header, taken) : (status, null, 0);
    }
}
