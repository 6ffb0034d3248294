using System.Text;

namespace MailMesh.Mime;

/// <summary>Takes a piece of a message's text.</summary>
/// <param name="place">Where it stands; a change of place ends the word.</param>
/// <returns>False to hear no more.</returns>
public delegate bool TextTaker(TextPlace place, ReadOnlySpan<char> text);

/// <summary>Where a text stands in a message.</summary>
public enum TextPlace
{
    Header,
    Body,
}

/// <summary>The text of a message for a full-text index: what people read of its header, and every part of text, attached or not.</summary>
public static class MessageWords
{
    /// <summary>Characters of a message that are read: a novel. What comes behind is not indexed.</summary>
    public const int MaxCharacters = 2 * 1024 * 1024;

    private static readonly string[] Fields =
        ["Subject", "From", "To", "Cc", "Bcc", "Sender", "Reply-To", "Comments", "Keywords", "Organization", "List-Id"];

    /// <param name="message">From the message's first octet; need not seek.</param>
    public static void Read(Stream message, BodyPart root, TextTaker take)
    {
        var reading = new Reading(new ForwardReader(message), take);
        reading.Header(root);
        reading.Part(root);
    }

    private sealed class Reading(ForwardReader reader, TextTaker take)
    {
        private int _left = MaxCharacters;

        public void Header(BodyPart part)
        {
            reader.SkipTo(part.HeaderOffset);
            using var range = new RangeStream(reader, part.BodyOffset);
            using var lines = new LineScanner(range);
            var fields = new HeaderFields(lines);
            while (fields.TryRead())
            {
                if (Array.Exists(Fields, fields.IsNamed))
                    Take(TextPlace.Header, MessageText.Decode(fields.Value) + "\n");
            }
        }

        public void Part(BodyPart part)
        {
            if (part.DispositionParameters.Count > 0 && ParameterValue.Find(part.DispositionParameters, "filename") is { } file)
                Take(TextPlace.Body, MessageText.Decode(file) + "\n");
            if (part.Parts.Count == 0 && part.Type == "TEXT")
                Text(part);
            foreach (var child in part.Parts)
            {
                if (part.IsMessage)
                    Header(child);
                Part(child);
            }
        }

        private void Text(BodyPart part)
        {
            using var text = new PartText(reader, part);
            var visible = new StringBuilder();
            var html = part.Subtype == "HTML" ? new HtmlText(c => visible.Append(c)) : null;
            while (_left > 0 && text.Read() is { Length: > 0 } piece)
            {
                if (html is null)
                {
                    Take(TextPlace.Body, piece);
                    continue;
                }
                // Tags count too: a page of nothing but tags has an end.
                _left -= piece.Length;
                foreach (var c in piece)
                    html.Take(c);
                Take(TextPlace.Body, visible.ToString());
                visible.Clear();
            }
            Take(TextPlace.Body, "\n");
        }

        private void Take(TextPlace place, ReadOnlySpan<char> text)
        {
            if (_left <= 0)
                return;
            _left -= text.Length;
            if (!take(place, text))
                _left = 0;
        }
    }
}
