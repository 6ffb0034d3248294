using System.Globalization;
using MailMesh.Dns;
using MailMesh.Filtering.Dkim;
using MimeKit;
using MimeKit.Cryptography;

namespace MailMesh.Filtering;

/// <summary>RFC 6376, with Ed25519 of RFC 8463 and the key sizes of RFC 8301: who vouches for the message?</summary>
/// <remarks>A broken signature counts as none (RFC 6376 §6.1): nothing is scored against a message for having one.</remarks>
public sealed class DkimCheck(IDnsResolver dns, TimeProvider clock) : ICheck
{
    /// <summary>RFC 6376 §8.4: a verifier bounds the signatures it tries.</summary>
    private const int MaxSignatures = 10;

    private readonly DkimVerifier _verifier = new(new DkimKeyLocator(dns));

    public string Name => "dkim";

    public string Version => "1";

    public async Task<Finding?> CheckAsync(FilterContext context, CancellationToken cancellationToken)
    {
        if (!context.FromOutside)
            return null;
        var count = context.Header.Count("DKIM-Signature"u8);
        if (count == 0)
            return new Finding { Result = "none", Evidence = "no signature", AuthenticationResults = ["dkim=none"] };
        if (!context.Header.IsComplete)
            return new Finding { Result = "policy", Evidence = "the header is too long to verify", AuthenticationResults = ["dkim=policy"] };
        await using var opaque = await OpaqueMessage.ReadAsync(context, cancellationToken);
        var results = new List<SignatureResult>();
        foreach (var signature in opaque.Message.Headers.Where(field => field.Id == HeaderId.DkimSignature).Take(MaxSignatures).ToList())
            results.Add(await VerifyAsync(opaque.Message, signature, cancellationToken));
        return Sum(results, count);
    }

    private async Task<SignatureResult> VerifyAsync(MimeMessage message, Header signature, CancellationToken cancellationToken)
    {
        var tags = DkimTags.Parse(signature.Value);
        if (IsExpired(tags))
            return new SignatureResult("policy", "the signature has expired", tags);
        try
        {
            return await _verifier.VerifyAsync(message, signature, cancellationToken)
                ? new SignatureResult("pass", tags["l"] is { } octets ? $"only the first {octets} octets are signed" : "verified", tags)
                : new SignatureResult("fail", "the message or its signature was changed", tags);
        }
        catch (DkimKeyException key)
        {
            return new SignatureResult(key.Result, key.Message, tags);
        }
        catch (DnsException failure)
        {
            return new SignatureResult("temperror", failure.Message, tags);
        }
        catch (Exception failure) when (failure is FormatException or ArgumentException or NotSupportedException or InvalidOperationException)
        {
            return new SignatureResult("neutral", failure.Message, tags); // RFC 8601 §2.7.1: it could not be processed
        }
    }

    /// <summary>RFC 6376 §3.5 x=.</summary>
    private bool IsExpired(DkimTags tags) =>
        long.TryParse(tags["x"], NumberStyles.None, CultureInfo.InvariantCulture, out var expires) && expires < clock.GetUtcNow().ToUnixTimeSeconds();

    private static Finding Sum(List<SignatureResult> results, int count)
    {
        var best = results.MinBy(result => Rank(result.Word))!;
        var evidence = string.Join("; ", results.Select(result => $"{result.Domain}: {result.Word}, {result.Reason}"));
        return new Finding
        {
            Result = best.Word,
            Score = best.Word == "pass" ? -0.1 : 0,
            Evidence = count > results.Count ? $"{evidence}; {count - results.Count} more signatures not tried" : evidence,
            AuthenticationResults = [.. results.Select(result => result.AuthenticationResult)],
        };
    }

    private static int Rank(string word) => word switch
    {
        "pass" => 0,
        "temperror" => 1,
        "fail" => 2,
        "policy" => 3,
        "permerror" => 4,
        _ => 5,
    };

    /// <summary>One signature's outcome.</summary>
    private sealed record SignatureResult(string Word, string Reason, DkimTags Tags)
    {
        public string Domain => Tags["d"] ?? "no domain";

        /// <summary>RFC 8601 §2.7.1, and RFC 6008 §4 for header.b, which tells signatures of one domain apart.</summary>
        public string AuthenticationResult =>
            $"dkim={Word}{Property("d", "d")}{Property("i", "i")}{Property("s", "s")}{Property("a", "a")}{Property("b", "b", 8)}";

        private string Property(string name, string tag, int length = int.MaxValue)
        {
            var value = Tags[tag];
            return string.IsNullOrEmpty(value) ? "" : $" header.{name}={PropertyValue.Of(value.Length > length ? value[..length] : value)}";
        }
    }
}
