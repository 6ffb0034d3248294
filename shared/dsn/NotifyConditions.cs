using System.Diagnostics.CodeAnalysis;

namespace MailMesh.Dsn;

/// <summary>RFC 3461 §4.1: what the sender wants to hear about a recipient; NEVER is none of the three.</summary>
public sealed record NotifyConditions(bool Success, bool Failure, bool Delay)
{
    private const string Nothing = "NEVER";

    /// <summary>Where the sender gave none: failures must be told, delays may be.</summary>
    public static readonly NotifyConditions Default = new(Success: false, Failure: true, Delay: true);

    /// <summary>As a contract or a queue row has it; null where the sender gave none.</summary>
    public static NotifyConditions Of(string? notify) => notify is not null && TryParse(notify, out var conditions) ? conditions : Default;

    /// <summary>Reads the value of NOTIFY: NEVER alone, or a list of the others, each once, in any case and order.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out NotifyConditions? conditions)
    {
        conditions = new NotifyConditions(false, false, false);
        if (text.Equals(Nothing, StringComparison.OrdinalIgnoreCase))
            return true;
        foreach (var word in text.Split(','))
        {
            var next = word.ToUpperInvariant() switch
            {
                "SUCCESS" => conditions with { Success = true },
                "FAILURE" => conditions with { Failure = true },
                "DELAY" => conditions with { Delay = true },
                _ => conditions,
            };
            if (next == conditions)
                return false;
            conditions = next;
        }
        return true;
    }

    /// <summary>The value of NOTIFY, as contracts and rows have it.</summary>
    public override string ToString()
    {
        string?[] words = [Success ? "SUCCESS" : null, Failure ? "FAILURE" : null, Delay ? "DELAY" : null];
        var text = string.Join(',', words.Where(word => word is not null));
        return text.Length > 0 ? text : Nothing;
    }
}
