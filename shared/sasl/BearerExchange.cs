using System.Text.Json;
using System.Text.Json.Nodes;

namespace MailMesh.Sasl;

/// <summary>A token in one message. Whoever is refused is told why in JSON, and has to answer that before the exchange fails.</summary>
internal abstract class BearerExchange(SaslLogin login) : SaslExchange
{
    /// <summary>RFC 7628 §3.1 kvsep.</summary>
    protected const char Separator = '\x01';

    private SaslStep? _refusal;

    protected SaslLogin Login { get; } = login;

    public override async Task<SaslStep> NextAsync(ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
    {
        if (_refusal is not null)
            return _refusal; // whatever the client answers: RFC 7628 §3.2.3 wants a lone %x01, and many send nothing
        if (!TryDecode(response, out var message) || !TryRead(message, out var user, out var token))
            return SaslStep.Refused.Malformed;
        User = user;
        var step = await Login.TokenAsync(user, token);
        if (step is not SaslStep.Refused { Reason: SaslRefusal.Credentials })
            return step;
        _refusal = step;
        return new SaslStep.Challenge(JsonSerializer.SerializeToUtf8Bytes(Failure()));
    }

    protected abstract bool TryRead(string message, out string user, out string token);

    protected abstract JsonObject Failure();

    /// <summary>The token of the pair 'auth=Bearer …' (RFC 6750 §2.1); the scheme's case is nobody's business.</summary>
    protected static bool TryToken(IEnumerable<string> pairs, out string token)
    {
        const string Auth = "auth=Bearer ";
        token = pairs.FirstOrDefault(pair => pair.StartsWith(Auth, StringComparison.OrdinalIgnoreCase))?[Auth.Length..].Trim(' ') ?? "";
        return token.Length > 0;
    }
}
