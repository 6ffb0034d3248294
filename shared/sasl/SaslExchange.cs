using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace MailMesh.Sasl;

/// <summary>RFC 4422 §3: one exchange of a mechanism, from the server's side. Octets in, a step out; a protocol puts both on its wire, and bounds what comes.</summary>
public abstract class SaslExchange
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>What a client that sent no initial response is asked with; empty for a mechanism in which clients speak first.</summary>
    public virtual ReadOnlyMemory<byte> Prompt => default;

    /// <summary>Who the client says it is, for a log; empty while it has not.</summary>
    public string User { get; protected set; } = "";

    /// <summary>Takes a response. After <see cref="SaslStep.Accepted"/> and <see cref="SaslStep.Refused"/> the exchange is over.</summary>
    /// <exception cref="System.Data.Common.DbException">The directory does not answer.</exception>
    public abstract Task<SaslStep> NextAsync(ReadOnlyMemory<byte> response, CancellationToken cancellationToken);

    /// <summary>Every mechanism's text is UTF-8.</summary>
    protected static bool TryDecode(ReadOnlyMemory<byte> octets, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = StrictUtf8.GetString(octets.Span);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = null;
            return false;
        }
    }

    /// <summary>Shows nothing of what a client sent.</summary>
    public sealed override string ToString() => GetType().Name;
}
