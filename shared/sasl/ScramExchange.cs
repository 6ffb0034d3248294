using System.Security.Cryptography;
using System.Text;
using MailMesh.Accounts;

namespace MailMesh.Sasl;

/// <summary>SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, 7677): the client proves that it knows the password, and we that we know its verifier.</summary>
internal sealed class ScramExchange(SaslLogin login, bool isPlus) : SaslExchange
{
    private const int NonceOctets = 18;

    private readonly ScramConversation _conversation = new(isPlus, login.Peer.ChannelBinding, Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceOctets)));
    private ScramCredentials? _credentials;
    private SaslStep.Accepted? _accepted;

    public override Task<SaslStep> NextAsync(ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
    {
        if (!TryDecode(response, out var message))
            return Task.FromResult<SaslStep>(SaslStep.Refused.Malformed);
        // The server has shown its signature, and the client has only to hear of it.
        if (_accepted is not null)
            return Task.FromResult<SaslStep>(message.Length == 0 ? _accepted : SaslStep.Refused.Malformed);
        return _credentials is null ? BeginAsync(message) : FinishAsync(message, _credentials);
    }

    private async Task<SaslStep> BeginAsync(string message)
    {
        if (!_conversation.TryBegin(message))
            return SaslStep.Refused.Malformed;
        User = _conversation.User;
        if (_conversation.IsRefused)
            return await login.ProvedAsync(User, isProved: false);
        _credentials = await login.ScramAsync(User);
        return new SaslStep.Challenge(Encoding.UTF8.GetBytes(_conversation.Challenge(_credentials)));
    }

    private async Task<SaslStep> FinishAsync(string message, ScramCredentials credentials)
    {
        if (!_conversation.TryFinish(message, credentials, out var answer))
            return SaslStep.Refused.Malformed;
        var step = await login.ProvedAsync(User, isProved: answer is not null, _conversation.IsForSelf);
        if (step is not SaslStep.Accepted accepted)
            return step;
        _accepted = accepted;
        return new SaslStep.Challenge(Encoding.ASCII.GetBytes(answer!));
    }
}
