using System.Text;
using CsCheck;
using MailMesh.Mime;

namespace MailMesh.Unit.Tests.Mime;

/// <summary>A MIME tree that a generator made: writes itself as a message, and knows what each part must be cut to.</summary>
internal abstract record GeneratedPart
{
    private static readonly string[] LeafTypes = ["text/plain; charset=utf-8", "text/html", "image/png; name=\"a.png\"", "application/octet-stream"];

    /// <summary>Lines that tempt a reader to see boundaries, headers or ends where none are.</summary>
    private static readonly string[] Lines =
        ["", "text", "--", "--b", "--b3x", "-- b3", "--b3 x", "--b33--", "Content-Type: multipart/mixed; boundary=b3", ".", "..", "From x", "\r", "\0\xFF", "--\r", "=20", new string('x', 300)];

    private static readonly Gen<string> Bodies = Gen.OneOf(Lines).Array[0, 6].Select(Gen.Bool, (lines, ends) => string.Join("\r\n", lines) + (ends ? "\r\n" : ""));

    public required string Header { get; init; }

    /// <summary>Parts of random types to a depth of five; every multipart has a boundary of its own, some of which start as others do.</summary>
    public static Gen<GeneratedPart> Gen5 { get; } = Tree(5);

    public abstract string Content { get; }

    public string Text => Header + Content;

    /// <summary>Checks that a part of the index is this part and cuts exactly its octets out of the message.</summary>
    public abstract void Check(BodyPart part, string message);

    protected void CheckCuts(BodyPart part, string message)
    {
        Assert.Equal(Header, message[(int)part.HeaderOffset..(int)part.BodyOffset]);
        Assert.Equal(Content, message[(int)part.BodyOffset..(int)part.EndOffset]);
    }

    private static Gen<GeneratedPart> Tree(int depth)
    {
        var leaf = Gen.OneOf(LeafTypes).Select(Bodies, (type, body) => (GeneratedPart)new Leaf(type, body) { Header = $"Content-Type: {type}\r\n\r\n" });
        if (depth == 0)
            return leaf;
        var child = Tree(depth - 1);
        var multipart = Gen.Select(child.Array[1, 4], Bodies, Bodies, Gen.Int[0, 3]).Select((parts, preamble, epilogue, blanks) =>
            (GeneratedPart)new Multipart(parts, $"b{depth}", preamble, epilogue, new string(' ', blanks)) { Header = $"Content-Type: multipart/mixed; boundary=\"b{depth}\"\r\nX: y\r\n\r\n" });
        var message = child.Select(inner => (GeneratedPart)new Message(inner) { Header = "content-type:MESSAGE/rfc822\r\n\r\n" });
        return Gen.Frequency((3, leaf), (3, multipart), (1, message));
    }

    private sealed record Leaf(string Type, string Body) : GeneratedPart
    {
        public override string Content => Body;

        public override void Check(BodyPart part, string message)
        {
            CheckCuts(part, message);
            Assert.Empty(part.Parts);
            Assert.Equal(Type.Split(';')[0].ToUpperInvariant(), $"{part.Type}/{part.Subtype}");
            Assert.Equal(part.Type == "TEXT" ? Body.Count(c => c == '\n') : 0, part.Lines);
        }
    }

    private sealed record Multipart(GeneratedPart[] Children, string Boundary, string Preamble, string Epilogue, string Blanks) : GeneratedPart
    {
        public override string Content
        {
            get
            {
                var text = new StringBuilder(Preamble.Length > 0 ? Preamble + "\r\n" : "");
                foreach (var child in Children)
                    text.Append("--").Append(Boundary).Append(Blanks).Append("\r\n").Append(child.Text).Append("\r\n");
                return text.Append("--").Append(Boundary).Append("--").Append(Blanks).Append("\r\n").Append(Epilogue).ToString();
            }
        }

        public override void Check(BodyPart part, string message)
        {
            CheckCuts(part, message);
            Assert.Equal(Children.Length, part.Parts.Count);
            for (var i = 0; i < Children.Length; i++)
                Children[i].Check(part.Parts[i], message);
        }
    }

    private sealed record Message(GeneratedPart Inner) : GeneratedPart
    {
        public override string Content => Inner.Text;

        public override void Check(BodyPart part, string message)
        {
            CheckCuts(part, message);
            Assert.NotNull(part.Envelope);
            Assert.Equal(Content.Count(c => c == '\n'), part.Lines);
            Inner.Check(Assert.Single(part.Parts), message);
        }
    }
}
