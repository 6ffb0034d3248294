using System.Text.Json.Nodes;

namespace MailMesh.Sasl;

/// <summary>XOAUTH2, as Google and Microsoft describe it: user=…^Aauth=Bearer …^A^A.</summary>
internal sealed class XOAuth2Exchange(SaslLogin login) : BearerExchange(login)
{
    protected override bool TryRead(string message, out string user, out string token)
    {
        const string Named = "user=";
        (user, token) = ("", "");
        var pairs = message.Split(Separator);
        if (!pairs[0].StartsWith(Named, StringComparison.Ordinal) || pairs[0].Length == Named.Length)
            return false;
        user = pairs[0][Named.Length..];
        return TryToken(pairs.Skip(1), out token);
    }

    protected override JsonObject Failure() => new() { ["status"] = "401", ["schemes"] = "bearer", ["scope"] = Login.Tokens.Scope };
}
