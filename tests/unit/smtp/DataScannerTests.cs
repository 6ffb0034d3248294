using System.Text;
using CsCheck;
using MailMesh.Ingress.Message;

namespace MailMesh.Unit.Tests.Smtp;

public sealed class DataScannerTests
{
    private const int MaxLine = 20;
    private const int MaxMessage = 60;

    [Fact]
    public void Agrees_with_a_naive_reader_however_the_octets_are_split()
    {
        // Few different octets, so that every form of a line end and of a dot comes up.
        var octet = OneOf((byte)'\r', (byte)'\n', (byte)'.', (byte)'x', (byte)'\0');
        var line = OneOf("\r\n", ".\r\n", "..\r\n", "x\r\n", "\r\n.\r\n", "xxxxxxxxxxxxxxxxxx\r\n", "xxxxxxxxxxxxxxxxxxx\r\n", ".xxxxxxxxxxxxxxxxxx\r\n").Select(Encoding.ASCII.GetBytes);
        var pieces = Gen.OneOf(octet.Array[0, 6], line).Array[0, 12].Select(parts => parts.SelectMany(part => part).ToArray());
        Gen.Select(pieces, Gen.Int[1, 7].Array[1, 30]).Sample((input, splits) =>
        {
            byte[] whole = [.. input, .. "\r\n.\r\nNEXT"u8];
            var (taken, violation, message) = Scan(whole, splits);
            var model = Model(whole);
            Assert.Equal(model.Taken, taken);
            // Which of several violations is seen first depends on the pieces.
            Assert.Contains(violation, model.Violations);
            if (violation == DataViolation.None)
                Assert.Equal(model.Message, message);
        }, iter: 100_000);
    }

    /// <summary>Each of CR, LF, NUL, dot and text after each other, in every order, and the cut between two packets at every place.</summary>
    [Fact]
    public void Every_form_of_six_octets_is_understood_wherever_it_is_cut()
    {
        foreach (var form in Forms.UpTo(6))
        {
            byte[] whole = [.. form, .. "\r\n.\r\nNEXT"u8];
            var model = Model(whole);
            for (var cut = 1; cut <= whole.Length; cut++)
            {
                var (taken, violation, message) = Scan(whole, [cut, whole.Length]);
                Assert.True(
                    taken == model.Taken && model.Violations.Contains(violation) && (violation != DataViolation.None || message == model.Message),
                    $"{Convert.ToHexString(whole)} cut at {cut}: {taken} taken, {violation}, {Convert.ToHexString(Encoding.Latin1.GetBytes(message))}");
            }
        }
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    [Theory]
    [InlineData("a\nb\r\n.\r\n", DataViolation.BareLf)]
    [InlineData("a\rb\r\n.\r\n", DataViolation.BareCr)]
    [InlineData("a\0b\r\n.\r\n", DataViolation.Nul)]
    [InlineData("a\r\n.\rb\r\n.\r\n", DataViolation.BareCr)]
    [InlineData("a\r\n.\n\r\n.\r\n", DataViolation.BareLf)]
    [InlineData("1234567890123456789\r\n.\r\n", DataViolation.LineTooLong)]
    [InlineData("..2345678901234567\r\n.\r\n", DataViolation.None)]
    internal void Names_what_is_wrong(string text, DataViolation violation) =>
        Assert.Equal(violation, Scan(Encoding.ASCII.GetBytes(text), [1000]).Violation);

    private static (int Taken, DataViolation Violation, string Message) Scan(byte[] input, int[] splits)
    {
        var scanner = new DataScanner(MaxLine, MaxMessage);
        var kept = new List<byte>();
        var (at, turn) = (0, 0);
        while (at < input.Length && !scanner.Ended)
        {
            var piece = input.AsSpan(at, Math.Min(splits[turn++ % splits.Length], input.Length - at));
            while (!piece.IsEmpty && !scanner.Ended)
            {
                var taken = scanner.Scan(piece, out var start, out var length);
                kept.AddRange(piece.Slice(start, length));
                piece = piece[taken..];
                at += taken;
            }
        }
        Assert.Equal(at, scanner.Scanned);
        return (at, scanner.Violation, Encoding.Latin1.GetString([.. kept]));
    }

    /// <summary>The whole input at once, by string search.</summary>
    private static (int Taken, string Message, HashSet<DataViolation> Violations) Model(byte[] input)
    {
        var text = "\r\n" + Encoding.Latin1.GetString(input);
        var end = text.IndexOf("\r\n.\r\n", StringComparison.Ordinal);
        var dotted = text[..(end + 2)];
        var message = dotted.Replace("\r\n.", "\r\n", StringComparison.Ordinal)[2..];
        var violations = new HashSet<DataViolation>();
        if (dotted.Contains('\0', StringComparison.Ordinal))
            violations.Add(DataViolation.Nul);
        var bare = dotted.Replace("\r\n", "", StringComparison.Ordinal);
        if (bare.Contains('\n', StringComparison.Ordinal))
            violations.Add(DataViolation.BareLf);
        if (bare.Contains('\r', StringComparison.Ordinal))
            violations.Add(DataViolation.BareCr);
        if (message.Split("\r\n").Any(line => line.Length + 2 > MaxLine))
            violations.Add(DataViolation.LineTooLong);
        if (message.Length > MaxMessage)
            violations.Add(DataViolation.TooLarge);
        if (violations.Count == 0)
            violations.Add(DataViolation.None);
        return (end + 3, message, violations);
    }
}
