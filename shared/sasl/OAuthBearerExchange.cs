using System.Text.Json.Nodes;

namespace MailMesh.Sasl;

/// <summary>RFC 7628 OAUTHBEARER.</summary>
internal sealed class OAuthBearerExchange(SaslLogin login) : BearerExchange(login)
{
    /// <summary>§3.1: gs2-header kvsep *kvpair kvsep. The pairs host and port are the client's view of us, which decides nothing.</summary>
    protected override bool TryRead(string message, out string user, out string token)
    {
        (user, token) = ("", "");
        var parts = message.Split(Separator);
        if (parts.Length < 4 || parts[^1].Length > 0 || parts[^2].Length > 0 || !Gs2Header.TryRead(parts[0], out var header, out var rest))
            return false;
        // No channel binding is known to this mechanism.
        if (rest.Length > 0 || header.Binding == Gs2Binding.Used)
            return false;
        user = header.Authorization;
        return TryToken(parts[1..^2], out token);
    }

    /// <summary>§3.2.2.</summary>
    protected override JsonObject Failure()
    {
        var failure = new JsonObject { ["status"] = "invalid_token", ["scope"] = Login.Tokens.Scope };
        if (Login.Tokens.Discovery is { } discovery)
            failure["openid-configuration"] = discovery;
        return failure;
    }
}
