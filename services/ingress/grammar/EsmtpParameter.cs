namespace MailMesh.Ingress.Grammar;

/// <summary>RFC 5321 §4.1.2: esmtp-keyword ["=" esmtp-value].</summary>
/// <param name="Keyword">In upper case.</param>
/// <param name="Value">Null where none is given.</param>
internal readonly record struct EsmtpParameter(string Keyword, string? Value)
{
    /// <summary>Reads the parameters after a path; false where one breaks the grammar or comes twice.</summary>
    public static bool TryReadAll(ReadOnlySpan<char> text, out List<EsmtpParameter> parameters)
    {
        parameters = [];
        if (!text.IsEmpty && text[0] != ' ')
            return false;
        foreach (var range in text.Split(' '))
        {
            var word = text[range];
            if (word.IsEmpty)
                continue;
            if (!TryRead(word, out var parameter) || parameters.Exists(p => p.Keyword == parameter.Keyword))
                return false;
            parameters.Add(parameter);
        }
        return true;
    }

    private static bool TryRead(ReadOnlySpan<char> word, out EsmtpParameter parameter)
    {
        var equals = word.IndexOf('=');
        var keyword = equals < 0 ? word : word[..equals];
        var value = equals < 0 ? default : word[(equals + 1)..];
        parameter = new EsmtpParameter(keyword.ToString().ToUpperInvariant(), equals < 0 ? null : value.ToString());
        if (keyword.IsEmpty || !char.IsAsciiLetterOrDigit(keyword[0]) || (equals >= 0 && value.IsEmpty))
            return false;
        foreach (var c in keyword)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                return false;
        }
        foreach (var c in value)
        {
            if (c is < '!' or '=' or '\x7f')
                return false;
        }
        return true;
    }
}
