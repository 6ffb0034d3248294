using MailMesh.Mime;

namespace MailMesh.Search;

/// <summary>The tokens of a message.</summary>
public sealed record IndexedText(IReadOnlySet<string> Header, IReadOnlySet<string> Body)
{
    public static readonly IndexedText None = new(new HashSet<string>(), new HashSet<string>());

    /// <param name="message">From the message's first octet; need not seek.</param>
    public static IndexedText Of(Stream message, BodyPart root)
    {
        var (header, body) = (new TextTokens(), new TextTokens());
        MessageWords.Read(message, root, (place, text) =>
        {
            (place == TextPlace.Header ? header : body).Add(text);
            return !body.IsFull;
        });
        header.End();
        body.End();
        return new IndexedText(header.Tokens, body.Tokens);
    }
}
