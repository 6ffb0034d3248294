using MailMesh.Access.Imap;

namespace MailMesh.Fuzz;

/// <summary>Search keys: a key or an error, for any octets, however deep they nest; the same between parentheses.</summary>
internal static class SearchTarget
{
    public static void Run(byte[] input)
    {
        var scanner = new ImapScanner(input);
        var key = SearchKeyParser.ParseAll(ref scanner);
        scanner.ExpectEnd();
        if (scanner.Failed || input.Length == 0 || input[^1] == ' ')
            return;
        byte[] wrapped = [(byte)'(', .. input, (byte)')'];
        var again = new ImapScanner(wrapped);
        var inner = SearchKeyParser.ParseAll(ref again);
        again.ExpectEnd();
        BrokenPromiseException.Unless(again.Failed ? again.Error!.Contains("deep", StringComparison.OrdinalIgnoreCase) : inner.GetType() == key.GetType(), $"'{again.Error}' between parentheses.");
    }
}
