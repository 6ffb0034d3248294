namespace MailMesh.Search;

/// <summary>RFC 6203: words that are looked for. A message has to have a word that begins with each of them.</summary>
public sealed class FuzzyQuery
{
    /// <summary>More words than a person writes; those behind are passed by.</summary>
    private const int MaxWords = 32;

    private const int Exact = 60;
    private const int Begun = 40;
    private const int ExactInHeader = 100;
    private const int BegunInHeader = 80;

    private FuzzyQuery(IReadOnlyList<string> words, bool bodyOnly) => (Words, BodyOnly) = (words, bodyOnly);

    /// <summary>Tokens, as the index has them.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>The header does not count.</summary>
    public bool BodyOnly { get; }

    /// <summary>A text without words is in every message, as the empty text is.</summary>
    public bool IsEmpty => Words.Count == 0;

    public static FuzzyQuery Of(string text, bool bodyOnly)
    {
        var tokens = new TextTokens(ofQuery: true);
        tokens.Add(text);
        tokens.End();
        return new FuzzyQuery([.. tokens.Tokens.Take(MaxWords)], bodyOnly);
    }

    /// <summary>The forms of the query with their scores, the best first. What the last finds is all that there is.</summary>
    public IEnumerable<(FuzzyForm Form, int Score)> Forms()
    {
        if (!BodyOnly)
        {
            yield return (new FuzzyForm(InHeader: true, IsExact: true), ExactInHeader);
            yield return (new FuzzyForm(InHeader: true, IsExact: false), BegunInHeader);
        }
        yield return (new FuzzyForm(InHeader: false, IsExact: true), Exact);
        yield return (new FuzzyForm(InHeader: false, IsExact: false), Begun);
    }

    /// <summary>How well a text fits, from 1 to 100; 0 where it does not.</summary>
    public int Score(IndexedText text)
    {
        if (IsEmpty)
            return 1;
        foreach (var (form, score) in Forms())
        {
            if (Words.All(word => IsIn(word, text, form)))
                return score;
        }
        return 0;
    }

    private bool IsIn(string word, IndexedText text, FuzzyForm form) => form switch
    {
        { InHeader: true } => IsIn(word, text.Header, form.IsExact),
        _ => IsIn(word, text.Body, form.IsExact) || (!BodyOnly && IsIn(word, text.Header, form.IsExact)),
    };

    private static bool IsIn(string word, IReadOnlySet<string> tokens, bool isExact) =>
        tokens.Contains(word) || (!isExact && tokens.Any(token => token.StartsWith(word, StringComparison.Ordinal)));
}

/// <param name="InHeader">The header alone counts.</param>
/// <param name="IsExact">Words have to be the same, not only begin so.</param>
public readonly record struct FuzzyForm(bool InHeader, bool IsExact);
