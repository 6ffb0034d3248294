using MailMesh.Dsn;

namespace MailMesh.Ingress.Grammar;

/// <summary>RFC 3461 §4: the values of RET and ENVID of MAIL, NOTIFY and ORCPT of RCPT, checked to the letter.</summary>
internal static class DsnParameters
{
    /// <summary>§4.4: octets of ENVID's value.</summary>
    private const int MaxEnvelopeIdOctets = 100;

    /// <summary>§4.3: FULL or HDRS, in any case.</summary>
    public static bool TryReadReturn(string? value, out string? dsnReturn)
    {
        dsnReturn = value?.ToUpperInvariant();
        return dsnReturn is "FULL" or "HDRS";
    }

    /// <summary>§4.4: xtext for printable ASCII; kept as it was given.</summary>
    public static bool IsEnvelopeId(string? value) => value is { Length: <= MaxEnvelopeIdOctets } && Xtext.TryDecode(value, out _);

    /// <summary>§4.1: NEVER alone, or some of SUCCESS, FAILURE and DELAY.</summary>
    public static bool TryReadNotify(string? value, out string? notify)
    {
        notify = value is not null && NotifyConditions.TryParse(value, out var conditions) ? conditions.ToString() : null;
        return notify is not null;
    }

    /// <summary>§4.2: addr-type ';' xtext; kept as it was given.</summary>
    public static bool IsOriginalRecipient(string? value) => value is not null && OriginalRecipient.TryParse(value, out _);
}
