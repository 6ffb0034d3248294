namespace MailMesh.Sasl;

/// <summary>RFC 4616: [authzid] NUL authcid NUL passwd.</summary>
internal sealed class PlainExchange(SaslLogin login) : SaslExchange
{
    public override async Task<SaslStep> NextAsync(ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
    {
        if (!TryDecode(response, out var message) || message.Split('\0') is not [var authorization, { Length: > 0 } user, { Length: > 0 } password])
            return SaslStep.Refused.Malformed;
        User = user;
        return await login.PasswordAsync(user, password, SaslLogin.IsSame(authorization, user), cancellationToken);
    }
}
