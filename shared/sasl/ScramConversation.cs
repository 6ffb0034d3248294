using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MailMesh.Accounts;

namespace MailMesh.Sasl;

/// <summary>The messages of SCRAM-SHA-256 (RFC 5802 §5, 7677) in the order in which they come, without the question who may log in.</summary>
/// <param name="isPlus">The mechanism that the client chose is the one with channel binding.</param>
/// <param name="channelBinding">RFC 5929 tls-server-end-point; null where none is offered.</param>
/// <param name="serverNonce">Ours.</param>
internal sealed class ScramConversation(bool isPlus, byte[]? channelBinding, string serverNonce)
{
    /// <summary>RFC 5929 §4: the one binding that the platform lets us know of TLS 1.2 and 1.3 alike.</summary>
    private const string ServerEndPoint = "tls-server-end-point";

    private string _header = "";
    private string _bare = "";
    private string _challenge = "";
    private string _nonce = "";
    private byte[] _boundTo = [];

    /// <summary>Who the client says it is, once it has begun.</summary>
    public string User { get; private set; } = "";

    /// <summary>The client binds to something else than us: its proof is not worth hearing.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>The client does not ask to act for somebody else.</summary>
    public bool IsForSelf { get; private set; }

    /// <summary>Takes client-first-message; false where it is none.</summary>
    public bool TryBegin(string message)
    {
        if (!Gs2Header.TryRead(message, out var header, out var bare) || !ScramClientFirst.TryParse(bare, out var first))
            return false;
        (_header, _bare, _nonce) = (message[..^bare.Length], bare, first.Nonce + serverNonce);
        _boundTo = header.Binding == Gs2Binding.Used ? channelBinding ?? [] : [];
        User = SaslPrep.TryPrepare(first.User, out var prepared) ? prepared : first.User;
        IsRefused = !IsBindingRight(header);
        IsForSelf = SaslLogin.IsSame(header.Authorization, first.User);
        return true;
    }

    /// <summary>server-first-message.</summary>
    public string Challenge(ScramCredentials credentials) =>
        _challenge = string.Create(CultureInfo.InvariantCulture, $"r={_nonce},s={Convert.ToBase64String(credentials.Salt.Span)},i={credentials.Iterations}");

    /// <summary>Takes client-final-message; false where it is none.</summary>
    /// <param name="answer">server-final-message; null where nothing is proved.</param>
    public bool TryFinish(string message, ScramCredentials credentials, out string? answer)
    {
        answer = null;
        if (!ScramClientFinal.TryParse(message, out var final))
            return false;
        var authMessage = Encoding.UTF8.GetBytes($"{_bare},{_challenge},{final.WithoutProof}");
        var isProved = credentials.Verify(authMessage, final.Proof, out var signature);
        // RFC 5802 §7 cbind-input: the header as it came, then what it binds to.
        byte[] expected = [.. Encoding.UTF8.GetBytes(_header), .. _boundTo];
        if (isProved && final.Nonce == _nonce && CryptographicOperations.FixedTimeEquals(final.ChannelBinding, expected))
            answer = "v=" + Convert.ToBase64String(signature);
        return true;
    }

    /// <summary>RFC 5802 §6: a client that can bind, and was kept from seeing that we can, has somebody between.</summary>
    private bool IsBindingRight(Gs2Header header) => header.Binding switch
    {
        Gs2Binding.Used => isPlus && header.Type == ServerEndPoint && channelBinding is not null,
        Gs2Binding.NotOffered => !isPlus && channelBinding is null,
        _ => !isPlus,
    };
}
