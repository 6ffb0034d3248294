using System.Globalization;

namespace MailMesh.Spf;

/// <summary>RFC 7208 §7.1: text with macros, its syntax checked.</summary>
internal sealed class SpfMacroString
{
    private const string Delimiters = ".-+,/_=";
    private const string Letters = "slodiphv";
    private const string ExplanationLetters = "crt";

    private SpfMacroString(IReadOnlyList<Part> parts) => Parts = parts;

    public IReadOnlyList<Part> Parts { get; }

    /// <summary>True where the text ends in a macro, so that only its expansion shows what the name ends in.</summary>
    public bool EndsInMacro => Parts.Count > 0 && Parts[^1] is Macro;

    /// <exception cref="SpfException">permerror: the syntax is wrong.</exception>
    public static SpfMacroString Parse(string text, bool explanation = false)
    {
        var parts = new List<Part>();
        var at = 0;
        while (at < text.Length)
        {
            var percent = text.IndexOf('%', at);
            var end = percent < 0 ? text.Length : percent;
            if (end > at)
                parts.Add(new Literal(CheckLiteral(text[at..end], explanation)));
            at = percent < 0 ? end : ParseExpansion(text, percent, explanation, parts);
        }
        return new SpfMacroString(parts);
    }

    /// <summary>RFC 7208 §4.8 domain-spec: ends in a macro, or in a dot and a top label that is not all digits.</summary>
    /// <exception cref="SpfException">permerror: the syntax is wrong.</exception>
    public static SpfMacroString ParseDomain(string text)
    {
        var domain = Parse(text);
        if (domain.EndsInMacro || (domain.Parts is [.., Literal last] && EndsInTopLabel(last.Text)))
            return domain;
        throw SpfException.Permanent($"'{text}' is no domain-spec");
    }

    private static string CheckLiteral(string literal, bool explanation)
    {
        // macro-literal is %x21-24 / %x26-7E; an explanation has spaces between its macro-strings.
        if (literal.AsSpan().ContainsAnyExceptInRange(explanation ? ' ' : '!', '~'))
            throw SpfException.Permanent("a character that no record may have");
        return literal;
    }

    private static int ParseExpansion(string text, int percent, bool explanation, List<Part> parts)
    {
        switch (percent + 1 < text.Length ? text[percent + 1] : '\0')
        {
            case '%':
                parts.Add(new Literal("%"));
                return percent + 2;
            case '_':
                parts.Add(new Literal(" "));
                return percent + 2;
            case '-':
                parts.Add(new Literal("%20"));
                return percent + 2;
            case '{' when text.IndexOf('}', percent) is > 0 and var end:
                parts.Add(ParseMacro(text[(percent + 2)..end], explanation));
                return end + 1;
            default:
                throw SpfException.Permanent($"'{text}' has a wrong macro");
        }
    }

    /// <summary>macro-letter transformers *delimiter.</summary>
    private static Macro ParseMacro(string body, bool explanation)
    {
        var letter = body.Length > 0 ? char.ToLowerInvariant(body[0]) : '\0';
        if (!Letters.Contains(letter, StringComparison.Ordinal) && !(explanation && ExplanationLetters.Contains(letter, StringComparison.Ordinal)))
            throw SpfException.Permanent($"the macro '{body}' has no such letter here");
        var at = 1;
        while (at < body.Length && char.IsAsciiDigit(body[at]))
            at++;
        var keep = int.MaxValue;
        if (at > 1 && (!int.TryParse(body.AsSpan(1, at - 1), NumberStyles.None, CultureInfo.InvariantCulture, out keep) || keep == 0))
            throw SpfException.Permanent($"the macro '{body}' keeps no labels");
        var reverse = at < body.Length && body[at] is 'r' or 'R';
        var delimiters = body[(reverse ? at + 1 : at)..];
        if (!delimiters.All(c => Delimiters.Contains(c, StringComparison.Ordinal)))
            throw SpfException.Permanent($"the macro '{body}' has a wrong delimiter");
        return new Macro(letter, char.IsAsciiLetterUpper(body[0]), keep, reverse, delimiters.Length == 0 ? "." : delimiters);
    }

    private static bool EndsInTopLabel(string text)
    {
        var name = text.EndsWith('.') ? text[..^1] : text;
        var dot = name.LastIndexOf('.');
        var label = name[(dot + 1)..];
        return dot >= 0 && label.Length > 0 && label[0] != '-' && label[^1] != '-'
            && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && !label.All(char.IsAsciiDigit);
    }

    internal abstract record Part;

    internal sealed record Literal(string Text) : Part;

    /// <param name="Letter">Lower case.</param>
    /// <param name="Escape">An upper-case letter: escaped for a URL.</param>
    /// <param name="Keep">Labels kept, from the right.</param>
    /// <param name="Reverse">Labels reversed before.</param>
    /// <param name="Delimiters">What divides labels.</param>
    internal sealed record Macro(char Letter, bool Escape, int Keep, bool Reverse, string Delimiters) : Part
    {
        /// <summary>RFC 7208 §7.3.</summary>
        public string Transform(string value)
        {
            var labels = value.Split(Delimiters.ToCharArray());
            if (Reverse)
                Array.Reverse(labels);
            var kept = labels.Length > Keep ? labels[^Keep..] : labels;
            var text = string.Join('.', kept);
            return Escape ? Uri.EscapeDataString(text) : text;
        }
    }
}
