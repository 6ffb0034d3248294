using System.Text;
using MailMesh.Ingress.Grammar;

namespace MailMesh.Fuzz;

/// <summary>A path: what is read from it is an address that can be written again and means the same.</summary>
internal static class AddressTarget
{
    public static void Run(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        _ = AddressGrammar.IsAddressLiteral(text);
        if (AddressGrammar.IsDomain(text))
            BrokenPromiseException.Unless(input.Length <= AddressGrammar.MaxDomainOctets * 3 && !text.Contains("..", StringComparison.Ordinal), "A domain is short and has no empty label.");
        if (!AddressGrammar.TryReadPath(text, out var address, out var length))
            return;
        BrokenPromiseException.Unless(length is >= 2 && length <= text.Length && text[0] == '<' && text[length - 1] == '>', $"A path of {length} characters in '{text}'.");
        BrokenPromiseException.Unless(!address.AsSpan().ContainsAnyInRange('\0', '\x1f'), "No control characters get through.");
        if (address.Length == 0)
            return;
        // The plainest form is a path of the same address, unless unquoting or a source route left it longer than a path may be.
        var plain = $"<{address}>";
        if (Encoding.UTF8.GetByteCount(plain) > 256)
            return;
        BrokenPromiseException.Unless(
            AddressGrammar.TryReadPath(plain, out var again, out var all) && again == address && all == plain.Length, $"'{text[..length]}' gave '{address}', and that gave '{again}'.");
    }
}
