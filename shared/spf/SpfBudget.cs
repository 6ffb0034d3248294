namespace MailMesh.Spf;

/// <summary>RFC 7208 §4.6.4: what one evaluation may ask of DNS, includes and redirects among it.</summary>
internal sealed class SpfBudget
{
    private const int MaxTerms = 10;
    private const int MaxVoid = 2;

    private int _terms;
    private int _void;

    /// <summary>A mx mechanism looks up at most this many exchanges, a ptr this many names.</summary>
    public const int MaxNames = 10;

    /// <summary>Counts a mechanism or modifier that asks DNS.</summary>
    /// <exception cref="SpfException">permerror: too many.</exception>
    public void Term()
    {
        if (++_terms > MaxTerms)
            throw SpfException.Permanent($"more than {MaxTerms} terms that ask DNS");
    }

    /// <summary>Counts an answer without records.</summary>
    /// <exception cref="SpfException">permerror: too many.</exception>
    public void Answer(int records)
    {
        if (records == 0 && ++_void > MaxVoid)
            throw SpfException.Permanent($"more than {MaxVoid} questions without an answer");
    }
}
