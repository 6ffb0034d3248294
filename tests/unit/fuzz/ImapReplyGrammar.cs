using System.Globalization;

namespace MailMesh.Unit.Tests.Fuzz;

/// <summary>The grammar of RFC 3501 §9 for envelope and body, read strictly: what a client's parser must be able to rely on.</summary>
/// <param name="reply">One character an octet.</param>
internal sealed class ImapReplyGrammar(string reply)
{
    private int _at;

    /// <exception cref="FormatException">The reply is not in the grammar.</exception>
    public void ExpectBody()
    {
        Body();
        ExpectEnd();
    }

    /// <exception cref="FormatException">The reply is not in the grammar.</exception>
    public void ExpectEnvelope()
    {
        Envelope();
        ExpectEnd();
    }

    private char Ahead => _at < reply.Length ? reply[_at] : throw Wrong("more");

    private void Body()
    {
        Expect("(");
        if (Ahead == '(')
            Multipart();
        else
            Single();
        Expect(")");
    }

    private void Multipart()
    {
        while (Ahead == '(')
            Body();
        Expect(" ");
        String();
        if (Ahead == ')')
            return;
        Expect(" ");
        Parameters();
        CommonExtension();
    }

    private void Single()
    {
        var type = String();
        Expect(" ");
        var subtype = String();
        Expect(" ");
        Parameters();
        Expect(" ");
        Nstring();
        Expect(" ");
        Nstring();
        Expect(" ");
        Assert.NotEqual("", String());
        Expect(" ");
        Number();
        if (type == "MESSAGE" && subtype == "RFC822")
        {
            Expect(" ");
            Envelope();
            Expect(" ");
            Body();
        }
        if (type == "TEXT" || type == "MESSAGE" && subtype == "RFC822")
        {
            Expect(" ");
            Number();
        }
        if (Ahead == ')')
            return;
        Expect(" ");
        Nstring();
        CommonExtension();
    }

    private void CommonExtension()
    {
        Expect(" ");
        if (Ahead == '(')
        {
            Expect("(");
            String();
            Expect(" ");
            Parameters();
            Expect(")");
        }
        else
        {
            Expect("NIL");
        }
        Expect(" ");
        if (Ahead == '(')
            List(() => String());
        else
            Nstring();
        Expect(" ");
        Nstring();
    }

    private void Envelope()
    {
        Expect("(");
        Nstring();
        Expect(" ");
        Nstring();
        for (var i = 0; i < 6; i++)
        {
            Expect(" ");
            if (Ahead == 'N')
                Expect("NIL");
            else
                Addresses();
        }
        Expect(" ");
        Nstring();
        Expect(" ");
        Nstring();
        Expect(")");
    }

    /// <summary>Groups open and close; every other address has a mailbox and a host.</summary>
    private void Addresses()
    {
        var inGroup = false;
        Expect("(");
        while (Ahead == '(')
        {
            Expect("(");
            Nstring();
            Expect(" ");
            Nstring();
            Expect(" ");
            var mailbox = Nstring();
            Expect(" ");
            var host = Nstring();
            Expect(")");
            if (host is not null)
                Assert.False(string.IsNullOrEmpty(mailbox) || host.Length == 0);
            else
                Assert.Equal(inGroup = !inGroup, mailbox is not null);
        }
        Assert.False(inGroup);
        Expect(")");
    }

    private void Parameters()
    {
        if (Ahead != '(')
        {
            Expect("NIL");
            return;
        }
        List(() =>
        {
            String();
            Expect(" ");
            String();
        });
    }

    private void List(Action item)
    {
        Expect("(");
        item();
        while (Ahead == ' ')
        {
            Expect(" ");
            item();
        }
        Expect(")");
    }

    private string? Nstring()
    {
        if (Ahead is '"' or '{')
            return String();
        Expect("NIL");
        return null;
    }

    private string String()
    {
        if (Ahead == '{')
            return Literal();
        Expect("\"");
        var text = "";
        for (; Ahead != '"'; _at++)
        {
            if (Ahead == '\\' && reply[++_at] is not ('"' or '\\') || Ahead is '\0' or '\r' or '\n' or > '\x7F')
                throw Wrong("a character that a quoted string may hold");
            text += Ahead;
        }
        Expect("\"");
        return text;
    }

    private string Literal()
    {
        Expect("{");
        var length = Number();
        Expect("}\r\n");
        var text = reply.Substring(_at, length);
        _at += length;
        return text.Contains('\0', StringComparison.Ordinal) ? throw Wrong("a literal without NUL") : text;
    }

    private int Number()
    {
        var end = _at;
        while (end < reply.Length && char.IsAsciiDigit(reply[end]))
            end++;
        if (end == _at)
            throw Wrong("a number");
        var number = int.Parse(reply.AsSpan(_at, end - _at), CultureInfo.InvariantCulture);
        _at = end;
        return number;
    }

    private void Expect(string text)
    {
        if (string.CompareOrdinal(reply, _at, text, 0, text.Length) != 0)
            throw Wrong($"'{text}'");
        _at += text.Length;
    }

    private void ExpectEnd()
    {
        if (_at != reply.Length)
            throw Wrong("the end");
    }

    private FormatException Wrong(string wanted) => new($"At {_at} {wanted} should stand: {reply[Math.Max(0, _at - 60)..Math.Min(reply.Length, _at + 60)]}");
}
