namespace MailMesh.Sasl;

/// <summary>LOGIN (draft-murchison-sasl-login): the name, then the password. Obsolete, and all that some devices know.</summary>
internal sealed class LoginExchange(SaslLogin login) : SaslExchange
{
    private bool _hasUser;

    public override ReadOnlyMemory<byte> Prompt => "Username:"u8.ToArray();

    public override async Task<SaslStep> NextAsync(ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
    {
        if (!TryDecode(response, out var text))
            return SaslStep.Refused.Malformed;
        if (_hasUser)
            return await login.PasswordAsync(User, text, isForSelf: true, cancellationToken);
        (_hasUser, User) = (true, text);
        return new SaslStep.Challenge("Password:"u8.ToArray());
    }
}
