using MailMesh.Mime;

namespace MailMesh.Unit.Tests.Mime;

public class EnvelopeTests
{
    private const string Rfc3501Example = """
        Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)
        From: Terry Gray <gray@cac.washington.edu>
        Subject: IMAP4rev1 WG mtg summary and minutes
        To: imap@cac.washington.edu
        cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>
        Message-Id: <B27397-0100000@cac.washington.edu>
        MIME-Version: 1.0
        Content-Type: TEXT/PLAIN; CHARSET=US-ASCII

        Text
        """;

    [Fact]
    public void Example_of_RFC_3501_section_8()
    {
        var index = MimeText.Read(Rfc3501Example);
        var envelope = index.Envelope;
        Assert.Equal("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)", envelope.Date);
        Assert.Equal("IMAP4rev1 WG mtg summary and minutes", envelope.Subject);
        var gray = new EnvelopeAddress("Terry Gray", null, "gray", "cac.washington.edu");
        Assert.Equal([gray], envelope.From);
        Assert.Equal([gray], envelope.Sender);
        Assert.Equal([gray], envelope.ReplyTo);
        Assert.Equal([new EnvelopeAddress(null, null, "imap", "cac.washington.edu")], envelope.To);
        Assert.Equal(
            [new EnvelopeAddress(null, null, "minutes", "CNRI.Reston.VA.US"), new EnvelopeAddress("John Klensin", null, "KLENSIN", "MIT.EDU")], envelope.Cc);
        Assert.Empty(envelope.Bcc);
        Assert.Null(envelope.InReplyTo);
        Assert.Equal("<B27397-0100000@cac.washington.edu>", envelope.MessageId);
        Assert.Equal([new("CHARSET", "US-ASCII")], index.Root.Parameters);
    }

    [Theory]
    [InlineData("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>", "Pete|pete|silly.test")]
    [InlineData("\"Joe Q. Public\" <john.q.public@example.com>", "Joe Q. Public|john.q.public|example.com")]
    [InlineData("Joe Q. Public <john . q . public @ example . com>", "Joe Q. Public|john.q.public|example.com")]
    [InlineData("\"Giant; \\\"Big\\\" Box\" <sysservices@example.net>", "Giant; \"Big\" Box|sysservices|example.net")]
    [InlineData("mary@example.net (Mary Smith)", "Mary Smith|mary|example.net")]
    [InlineData("<mary@example.net> (Mary Smith)", "Mary Smith|mary|example.net")]
    [InlineData("\"quoted local\"@example.net", "|quoted local|example.net")]
    [InlineData("jdoe@[IPv6:::1], x@[10.0.0.1]", "|jdoe|[IPv6:::1];|x|[10.0.0.1]")]
    [InlineData("[list] Mary <mary@example.net>", "[list] Mary|mary|example.net")]
    [InlineData("=?utf-8?Q?M=C3=A4ry?=\r\n =?utf-8?Q?_S?= <mary@example.net>", "=?utf-8?Q?M=C3=A4ry?= =?utf-8?Q?_S?=|mary|example.net")]
    [InlineData("a@b.example;c@d.example", "|a|b.example;|c|d.example")]
    [InlineData("a@b.example <a@b.example>, , c@d.example,", "a@b.example|a|b.example;|c|d.example")]
    [InlineData("<a@b.example> <c@d.example>", "|a|b.example;|c|d.example")]
    [InlineData("Mary mary@example.net", "Mary|mary|example.net")]
    [InlineData("undisclosed", "|undisclosed|MISSING_DOMAIN")]
    [InlineData("Somebody Else", "Somebody Else|MISSING_MAILBOX|MISSING_DOMAIN")]
    [InlineData("<>", "|MISSING_MAILBOX|MISSING_DOMAIN")]
    [InlineData("Broken <a@b.example, c@d.example", "Broken|a|b.example;|c|d.example")]
    [InlineData("a@b@c.example", "|a@b|c.example")]
    [InlineData("\"unclosed <a@b.example>", "unclosed <a@b.example>|MISSING_MAILBOX|MISSING_DOMAIN")]
    [InlineData("(only a comment)", "")]
    public void Addresses(string field, string expected)
    {
        var from = MimeText.Read($"To: {field}\n\n").Envelope.To;
        Assert.Equal(expected, string.Join(';', from.Select(address => $"{address.Name}|{address.Mailbox}|{address.Host}")));
    }

    [Fact]
    public void Route_stands_apart()
    {
        var to = MimeText.Read("To: Mary <@node.test,@other.test:mary@example.net>\n\n").Envelope.To;
        Assert.Equal([new EnvelopeAddress("Mary", "@node.test,@other.test", "mary", "example.net")], to);
    }

    [Theory]
    [InlineData("A Group: Ed Jones <joe@where.test>, john@one.test (J);, x@y.test", 5)]
    [InlineData("A Group: Ed Jones <joe@where.test>, john@one.test", 4)]
    public void Group_has_a_start_and_an_end(string field, int count)
    {
        var to = MimeText.Read($"To: {field}\n\n").Envelope.To;
        Assert.Equal(count, to.Count);
        Assert.Equal(new EnvelopeAddress(null, null, "A Group", null), to[0]);
        Assert.Equal(new EnvelopeAddress("Ed Jones", null, "joe", "where.test"), to[1]);
        Assert.Equal("john", to[2].Mailbox);
        Assert.Equal(EnvelopeAddress.GroupEnd, to[3]);
    }

    [Fact]
    public void Empty_group()
    {
        var to = MimeText.Read("To: Undisclosed recipients:;\n\n").Envelope.To;
        Assert.Equal([new EnvelopeAddress(null, null, "Undisclosed recipients", null), EnvelopeAddress.GroupEnd], to);
    }

    [Fact]
    public void Sender_and_Reply_To_of_their_own()
    {
        var envelope = MimeText.Read("From: a@x.test\nSender: b@x.test\nReply-To: c@x.test\nIn-Reply-To: <1@x>\n <2@x>\n\n").Envelope;
        Assert.Equal("b", envelope.Sender[0].Mailbox);
        Assert.Equal("c", envelope.ReplyTo[0].Mailbox);
        Assert.Equal("<1@x> <2@x>", envelope.InReplyTo);
    }

    [Fact]
    public void Empty_Reply_To_is_From() => Assert.Equal("a", MimeText.Read("From: a@x.test\nReply-To: \n\n").Envelope.ReplyTo[0].Mailbox);

    [Fact]
    public void Repeated_From_hides_nobody() => Assert.Equal(["a", "b"], MimeText.Read("From: a@x.test\nFrom: b@x.test\n\n").Envelope.From.Select(address => address.Mailbox));

    [Fact]
    public void Octets_of_any_charset_come_back_as_they_were()
    {
        byte[] shiftJis = [0x83, 0x65, 0x83, 0x58, 0x83, 0x67];
        byte[] utf8 = [0xF0, 0x9F, 0x93, 0xA7, 0xE3, 0x81, 0x82];
        var message = new MemoryStream([.. "Subject: "u8, .. shiftJis, .. utf8, .. "\r\nContent-Type: text/plain; name=\""u8, .. shiftJis, .. "\"\r\n\r\n"u8]);
        var index = MessageIndex.Read(message);
        Assert.Equal([.. shiftJis, .. utf8], HeaderOctets.GetBytes(index.Envelope.Subject!));
        Assert.EndsWith("📧あ", index.Envelope.Subject, StringComparison.Ordinal);
        Assert.Equal(shiftJis, HeaderOctets.GetBytes(index.Root.Parameter("name")!));
    }

    [Fact]
    public void No_value_has_a_control_that_IMAP_could_not_write() =>
        Assert.Equal("a b c", MimeText.Read("Subject: a\0b\n\tc\n\n").Envelope.Subject?.Replace('\t', ' '));
}
