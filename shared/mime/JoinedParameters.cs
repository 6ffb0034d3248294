using System.Text;

namespace MailMesh.Mime;

/// <summary>
/// RFC 9051 §7.5.2: parameters whose pieces (RFC 2231 §3) are put together: name*0 and name*1 make name; name*0* and name*1* make name*, whose charset and
/// percent signs stay, since a reader takes name* for that (RFC 2231 §4).
/// </summary>
public static class JoinedParameters
{
    public static IReadOnlyList<KeyValuePair<string, string>> Of(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        if (!parameters.Any(parameter => IsFirst(parameter.Key)))
            return parameters;
        var left = parameters.ToList();
        for (var i = 0; i < left.Count; i++)
        {
            if (IsFirst(left[i].Key))
                Join(left, i);
        }
        return left;
    }

    private static bool IsFirst(string key) => key.EndsWith("*0", StringComparison.Ordinal) || key.EndsWith("*0*", StringComparison.Ordinal);

    /// <summary>Puts the whole in the place of its first piece; what cannot be put together stays as it is.</summary>
    private static void Join(List<KeyValuePair<string, string>> parameters, int first)
    {
        var name = parameters[first].Key[..parameters[first].Key.LastIndexOf("*0", StringComparison.Ordinal)];
        var pieces = new List<int>();
        for (var at = first; at >= 0; at = Piece(parameters, name, pieces.Count))
            pieces.Add(at);
        var isExtended = pieces.Exists(piece => parameters[piece].Key[^1] == '*');
        if (isExtended && pieces.Exists(piece => !Ascii.IsValid(parameters[piece].Value)))
            return;
        var value = new StringBuilder(isExtended && parameters[first].Key[^1] != '*' ? "''" : "");
        foreach (var piece in pieces)
            value.Append(isExtended && parameters[piece].Key[^1] != '*' ? Uri.EscapeDataString(parameters[piece].Value) : parameters[piece].Value);
        parameters[first] = new(isExtended ? name + "*" : name, value.ToString());
        foreach (var piece in pieces.Skip(1).OrderDescending())
            parameters.RemoveAt(piece);
    }

    private static int Piece(List<KeyValuePair<string, string>> parameters, string name, int number)
    {
        var plain = $"{name}*{number}";
        var extended = plain + "*";
        return parameters.FindIndex(parameter =>
            parameter.Key.Equals(plain, StringComparison.OrdinalIgnoreCase) || parameter.Key.Equals(extended, StringComparison.OrdinalIgnoreCase));
    }
}
