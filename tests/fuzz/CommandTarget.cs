using System.Buffers;
using MailMesh.Ingress.Grammar;

namespace MailMesh.Fuzz;

/// <summary>A line of an SMTP session, however the network cut it.</summary>
internal static class CommandTarget
{
    public static void Run(byte[] input)
    {
        var (whole, cut) = Packets.Of(input);
        var parsed = SmtpParser.Parse(new ReadOnlySequence<byte>(whole));
        BrokenPromiseException.Unless(parsed.Command is null != parsed.Refusal is null, "A line is a command or a refusal.");
        if (parsed.Refusal is { } refusal)
        {
            BrokenPromiseException.Unless(refusal.Code is >= 500 and <= 599 && refusal.Enhanced is ['5', '.', ..], $"'{refusal}' is no 5xx with an enhanced code.");
            BrokenPromiseException.Unless(refusal.Lines is [{ Length: > 0 } text] && !text.AsSpan().ContainsAnyInRange('\0', '\x1f'), "A refusal is one line.");
        }
        var again = SmtpParser.Parse(Packets.Sequence(cut));
        BrokenPromiseException.Unless(Text(parsed) == Text(again), $"'{Text(parsed)}' in one packet, '{Text(again)}' in {cut.Count}.");
    }

    private static string Text(Parsed parsed) => parsed.Command?.ToString() ?? parsed.Refusal!.ToString();
}
