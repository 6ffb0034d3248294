using System.Text;

namespace MailMesh.Sasl;

/// <summary>RFC 5801 §4, as SCRAM and OAUTHBEARER begin: gs2-cbind-flag "," [authzid] ",".</summary>
/// <param name="Type">The channel binding that is used; empty where none is.</param>
/// <param name="Authorization">The authorization identity; empty for the client's own.</param>
internal readonly record struct Gs2Header(Gs2Binding Binding, string Type, string Authorization)
{
    /// <param name="rest">What follows the header.</param>
    public static bool TryRead(string message, out Gs2Header header, out string rest)
    {
        (header, rest) = (default, "");
        if (message.Split(',', 3) is not [var flag, var identity, var body])
            return false;
        var (binding, type) = flag switch
        {
            "n" => (Gs2Binding.NotSupported, ""),
            "y" => (Gs2Binding.NotOffered, ""),
            ['p', '=', _, ..] => (Gs2Binding.Used, flag[2..]),
            _ => (Gs2Binding.Unknown, ""),
        };
        if (binding == Gs2Binding.Unknown || !TryIdentity(identity, out var authorization))
            return false;
        header = new Gs2Header(binding, type, authorization);
        rest = body;
        return true;
    }

    /// <summary>RFC 5802 §5.1 saslname: '=2C' and '=3D' stand for ',' and '='; any other '=' is wrong.</summary>
    public static bool TryName(string text, out string name)
    {
        name = "";
        if (text.Contains('\0', StringComparison.Ordinal))
            return false;
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '=')
                plain.Append(text[i]);
            else if (text.AsSpan(i).StartsWith("=2C"))
                (i, _) = (i + 2, plain.Append(','));
            else if (text.AsSpan(i).StartsWith("=3D"))
                (i, _) = (i + 2, plain.Append('='));
            else
                return false;
        }
        name = plain.ToString();
        return name.Length > 0;
    }

    private static bool TryIdentity(string text, out string name)
    {
        name = "";
        return text.Length == 0 || (text.StartsWith("a=", StringComparison.Ordinal) && TryName(text[2..], out name));
    }
}

/// <summary>RFC 5802 §6: what the client says of channel binding.</summary>
internal enum Gs2Binding
{
    Unknown,

    /// <summary>'n': the client cannot.</summary>
    NotSupported,

    /// <summary>'y': the client can, and thinks that the server cannot.</summary>
    NotOffered,

    /// <summary>'p'.</summary>
    Used,
}
