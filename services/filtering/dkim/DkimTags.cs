namespace MailMesh.Filtering.Dkim;

/// <summary>RFC 6376 §3.2: a tag list, of a signature or of a key record. The first of a repeated tag counts.</summary>
internal sealed class DkimTags
{
    private readonly Dictionary<string, string> _tags = new(StringComparer.Ordinal);

    private DkimTags()
    {
    }

    /// <summary>The value without its folding white space, or null.</summary>
    public string? this[string tag] => _tags.GetValueOrDefault(tag);

    public static DkimTags Parse(string text)
    {
        var tags = new DkimTags();
        foreach (var spec in text.Split(';'))
        {
            if (spec.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
                tags._tags.TryAdd(spec[..equals].Trim(), string.Concat(spec[(equals + 1)..].Where(c => !char.IsWhiteSpace(c))));
        }
        return tags;
    }
}
