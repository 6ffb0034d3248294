namespace MailMesh.Sasl;

/// <summary>RFC 5802 §7 client-first-message-bare: n=name,r=nonce, and extensions that nobody has to know.</summary>
internal readonly record struct ScramClientFirst(string User, string Nonce)
{
    /// <summary>A nonce has some 24 characters; a client's own is not ours to multiply.</summary>
    private const int MaxNonce = 512;

    public static bool TryParse(string bare, out ScramClientFirst first)
    {
        first = default;
        // 'm=', an extension that must be understood, would stand first: there is none that we know.
        if (bare.Split(',') is not [['n', '=', ..] name, ['r', '=', ..] nonce, ..])
            return false;
        if (!Gs2Header.TryName(name[2..], out var user) || !IsNonce(nonce[2..]))
            return false;
        first = new ScramClientFirst(user, nonce[2..]);
        return true;
    }

    /// <summary>§7: printable ASCII.</summary>
    private static bool IsNonce(string text) => text.Length is > 0 and <= MaxNonce && text.All(c => c is > ' ' and < '\x7f');
}
