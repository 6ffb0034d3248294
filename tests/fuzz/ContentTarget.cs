using MailMesh.Ingress.Message;

namespace MailMesh.Fuzz;

/// <summary>What comes by BDAT: the same verdict however it was cut, and none but clean lines get through.</summary>
internal static class ContentTarget
{
    private const int MaxLine = 40;
    private const int MaxMessage = 300;

    public static void Run(byte[] input)
    {
        foreach (var binary in new[] { false, true })
        {
            var (whole, cut) = Packets.Of(input);
            var atOnce = Scan([whole], binary);
            var inPackets = Scan(cut, binary);
            BrokenPromiseException.Unless(atOnce == inPackets, $"{atOnce} at once, {inPackets} in {cut.Count} packets.");
            BrokenPromiseException.Unless(binary || (atOnce.Violation == DataViolation.None) == IsRight(whole), $"{atOnce}, but the message is {(IsRight(whole) ? "right" : "wrong")}.");
        }
    }

    private static (DataViolation Violation, long Scanned, bool EndsLine) Scan(IReadOnlyList<byte[]> packets, bool binary)
    {
        var scanner = new ContentScanner(MaxLine, MaxMessage, binary);
        foreach (var packet in packets)
            scanner.Scan(packet);
        scanner.Finish();
        return (scanner.Violation, scanner.Scanned, scanner.EndsLine);
    }

    private static bool IsRight(byte[] message)
    {
        var text = string.Concat(message.Select(octet => (char)octet));
        var lines = text.Split("\r\n");
        return message.Length <= MaxMessage && lines.All(line => line.Length + 2 <= MaxLine && !line.AsSpan().ContainsAny("\r\n\0"));
    }
}
