using System.Buffers.Text;

namespace MailMesh.Sasl;

/// <summary>RFC 5802 §7 client-final-message: c=channel-binding,r=nonce,p=proof, with extensions before the proof.</summary>
/// <param name="WithoutProof">All before ',p='.</param>
internal readonly record struct ScramClientFinal(byte[] ChannelBinding, string Nonce, byte[] Proof, string WithoutProof)
{
    public static bool TryParse(string message, out ScramClientFinal final)
    {
        final = default;
        var end = message.LastIndexOf(",p=", StringComparison.Ordinal);
        if (end < 0 || message[..end].Split(',') is not [['c', '=', ..] binding, ['r', '=', ..] nonce, ..])
            return false;
        if (!TryDecode(binding[2..], out var channelBinding) || !TryDecode(message[(end + 3)..], out var proof))
            return false;
        final = new ScramClientFinal(channelBinding, nonce[2..], proof, message[..end]);
        return true;
    }

    private static bool TryDecode(string text, out byte[] octets)
    {
        octets = [];
        if (text.Length == 0 || !Base64.IsValid(text))
            return false;
        octets = Convert.FromBase64String(text);
        return true;
    }
}
