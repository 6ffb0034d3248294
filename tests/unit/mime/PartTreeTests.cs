using MailMesh.Mime;

namespace MailMesh.Unit.Tests.Mime;

public class PartTreeTests
{
    [Fact]
    public void Message_without_MIME_is_text_plain_in_us_ascii()
    {
        const string Text = "From: a@example.com\n\nOne\nTwo\n";
        var root = MimeText.Read(Text).Root;
        Assert.Equal("TEXT/PLAIN", root.Shape());
        Assert.Equal("US-ASCII", root.Parameter("charset"));
        Assert.Equal("7BIT", root.Encoding);
        Assert.Equal("From: a@example.com\n\n", root.Header(Text));
        Assert.Equal("One\nTwo\n", root.Body(Text));
        Assert.Equal(2, root.Lines);
    }

    [Fact]
    public void CRLF_before_a_boundary_belongs_to_the_boundary()
    {
        const string Text = """
            Content-Type: multipart/mixed; boundary="b"

            preamble
            --b
            Content-Type: text/plain

            One
            --b

            Two

            --b--
            epilogue
            --b
            no part

            """;
        var root = MimeText.Read(Text).Root;
        Assert.Equal("MULTIPART/MIXED(TEXT/PLAIN TEXT/PLAIN)", root.Shape());
        Assert.Equal("Content-Type: text/plain\n\n", root.Parts[0].Header(Text));
        Assert.Equal("One", root.Parts[0].Body(Text));
        Assert.Equal(0, root.Parts[0].Lines);
        Assert.Equal("\n", root.Parts[1].Header(Text));
        Assert.Equal("Two\n", root.Parts[1].Body(Text));
        Assert.Equal(1, root.Parts[1].Lines);
        Assert.EndsWith("--b\nno part\n", root.Body(Text), StringComparison.Ordinal);
    }

    [Fact]
    public void Lone_LF_ends_lines_too()
    {
        var octets = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nOne\n--b\n\nTwo\n--b--\n"u8.ToArray();
        var root = MessageIndex.Read(new MemoryStream(octets)).Root;
        Assert.Equal(["One", "Two"], root.Parts.Select(part => System.Text.Encoding.ASCII.GetString(octets[(int)part.BodyOffset..(int)part.EndOffset])));
    }

    [Fact]
    public void Inner_message_is_the_only_child_of_its_part()
    {
        const string Text = """
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: message/rfc822

            Subject: inner
            From: x@example.org
            Content-Type: multipart/alternative; boundary=c

            --c

            plain
            --c
            Content-Type: text/html

            <p>html
            --c--
            --b--

            """;
        var root = MimeText.Read(Text).Root;
        Assert.Equal("MULTIPART/MIXED(MESSAGE/RFC822(MULTIPART/ALTERNATIVE(TEXT/PLAIN TEXT/HTML)))", root.Shape());
        var message = root.Parts[0];
        var inner = message.Parts[0];
        Assert.Equal("inner", message.Envelope?.Subject);
        Assert.Equal(new EnvelopeAddress(null, null, "x", "example.org"), Assert.Single(message.Envelope!.From));
        Assert.Equal(message.BodyOffset, inner.HeaderOffset);
        Assert.Equal(message.EndOffset, inner.EndOffset);
        Assert.Equal(message.Body(Text).Count(c => c == '\n'), message.Lines);
        Assert.Equal("<p>html", inner.Parts[1].Body(Text));
    }

    [Fact]
    public void Missing_closing_boundary_ends_all_parts_with_the_message()
    {
        const string Text = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nOne\n--b\nContent-Type: text/html\n\nTwo\n";
        var root = MimeText.Read(Text).Root;
        Assert.Equal("Two\n", root.Parts[1].Body(Text));
    }

    [Fact]
    public void Outer_boundary_ends_inner_multipart_that_was_not_closed()
    {
        const string Text = """
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: multipart/mixed; boundary=bb

            --bb

            One
            --b

            Two
            --bb
            --b--

            """;
        var root = MimeText.Read(Text).Root;
        Assert.Equal("MULTIPART/MIXED(MULTIPART/MIXED(TEXT/PLAIN) TEXT/PLAIN)", root.Shape());
        Assert.Equal("One", root.Parts[0].Parts[0].Body(Text));
        Assert.Equal("Two\n--bb", root.Parts[1].Body(Text));
    }

    [Theory]
    [InlineData("multipart/mixed; boundary=b", "no boundary here\n")]
    [InlineData("multipart/mixed", "--b\n\nno boundary parameter\n")]
    [InlineData("multipart/mixed; boundary=\"\"", "--\n\nempty boundary\n")]
    public void Multipart_without_a_part_shows_its_body_as_one(string type, string body)
    {
        var text = $"Content-Type: {type}\n\n{body}";
        var root = MimeText.Read(text).Root;
        Assert.Equal("MULTIPART/MIXED(TEXT/PLAIN)", root.Shape());
        Assert.Equal(body, root.Parts[0].Body(text));
        Assert.Equal(body.Count(c => c == '\n'), root.Parts[0].Lines);
    }

    [Fact]
    public void Boundary_in_a_header_ends_the_part()
    {
        const string Text = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: image/png\n--b\n--b\nContent-Type: message/rfc822\n\nSubject: x\n--b--\n";
        var root = MimeText.Read(Text).Root;
        Assert.Equal("MULTIPART/MIXED(IMAGE/PNG TEXT/PLAIN MESSAGE/RFC822(TEXT/PLAIN))", root.Shape());
        Assert.Equal("Content-Type: image/png", root.Parts[0].Header(Text));
        Assert.Equal("", root.Parts[0].Body(Text));
        Assert.Equal("", root.Parts[1].Header(Text));
        Assert.Equal("Subject: x", root.Parts[2].Body(Text));
        Assert.Equal("x", root.Parts[2].Envelope?.Subject);
    }

    [Fact]
    public void Empty_line_of_a_header_before_a_boundary_stays_with_the_header_in_all_parts_around()
    {
        const string Text = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nSubject: x\n\n--b--\n";
        var message = MimeText.Read(Text).Root.Parts[0];
        Assert.Equal("Subject: x\n\n", message.Body(Text));
        Assert.Equal(2, message.Lines);
        Assert.Equal("Subject: x\n\n", message.Parts[0].Header(Text));
        Assert.Equal(0, message.Parts[0].Lines);
    }

    [Fact]
    public void Digest_holds_messages_by_default()
    {
        const string Text = "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\nOne\n--b\nContent-Type: text/plain\n\nTwo\n--b--\n";
        var root = MimeText.Read(Text).Root;
        Assert.Equal("MULTIPART/DIGEST(MESSAGE/RFC822(TEXT/PLAIN) TEXT/PLAIN)", root.Shape());
        Assert.Equal("one", root.Parts[0].Envelope?.Subject);
        Assert.Empty(root.Parts[0].Parameters);
    }

    [Fact]
    public void Message_in_base64_is_opaque()
    {
        var root = MimeText.Read("Content-Type: message/rfc822; name=a.eml\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeA0K\n").Root;
        Assert.Equal("APPLICATION/OCTET-STREAM", root.Shape());
        Assert.Equal("a.eml", root.Parameter("name"));
        Assert.Null(root.Envelope);
    }

    [Fact]
    public void Header_ends_at_its_empty_line_only()
    {
        const string Text = "From a@b Sat Jan  1 00:00:00 2000\nSubject: x\nno field\n \nTo: y@z\n\nbody\n";
        var index = MimeText.Read(Text);
        Assert.Equal("body\n", index.Root.Body(Text));
        Assert.Equal("x", index.Envelope.Subject);
        Assert.Equal("z", index.Envelope.To[0].Host);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Subject: x")]
    [InlineData("Subject: x\n")]
    public void Header_without_an_end_has_an_empty_body(string text)
    {
        var root = MimeText.Read(text).Root;
        Assert.Equal(MimeText.Octets(text).Length, root.BodyOffset);
        Assert.Equal(root.BodyOffset, root.EndOffset);
    }

    [Fact]
    public void Fields_of_a_part_stand_as_written()
    {
        var root = MimeText.Read("""
            Content-Type: IMAGE/Png (a comment); name*0*=utf-8''%e3%81%82; name*1=b;
              x="q\"uo;ted"; x=twice ;; =; y
            Content-Transfer-Encoding: Base64
            Content-ID: <id@x>
            Content-Description: a
             description
            Content-MD5: Q2hlY2sgSW50ZWdyaXR5IQ==
            Content-Disposition: attachment; filename=my file (1).png; size=12
            Content-Language: en, de-AT
            Content-Location: http://example.com/

            x
            """).Root;
        Assert.Equal("IMAGE/PNG", root.Shape());
        Assert.Equal([new("name*0*", "utf-8''%e3%81%82"), new("name*1", "b"), new("x", "q\"uo;ted"), new("x", "twice")], root.Parameters);
        Assert.Equal("BASE64", root.Encoding);
        Assert.Equal("<id@x>", root.Id);
        Assert.Equal("a description", root.Description);
        Assert.Equal("Q2hlY2sgSW50ZWdyaXR5IQ==", root.Md5);
        Assert.Equal("attachment", root.Disposition);
        Assert.Equal("size", root.DispositionParameters[1].Key);
        Assert.Equal(["en", "de-AT"], root.Language);
        Assert.Equal("http://example.com/", root.Location);
    }

    [Theory]
    [InlineData("boundary*0=a; boundary*1=\"b c\"", "ab c")]
    [InlineData("boundary*=us-ascii''ab%20c", "ab c")]
    [InlineData("BOUNDARY*1*=b%20; boundary*0*=utf-8'en'a; Boundary*2=c", "ab c")]
    public void Boundary_may_come_in_pieces(string parameters, string boundary)
    {
        var text = $"Content-Type: multipart/mixed; {parameters}\n\n--{boundary}\n\nOne\n--{boundary}--\n";
        Assert.Equal("One", Assert.Single(MimeText.Read(text).Root.Parts).Body(text));
    }

    [Theory]
    [InlineData("name=plain", "plain")]
    [InlineData("name*=utf-8''%E6%97%A5%E6%9C%AC", "日本")]
    [InlineData("name*0*=iso-2022-jp'ja'%1B$BF|K; name*1*=\\8l%1B(B", null)]
    [InlineData("name*=%zz%4", "%zz%4")]
    [InlineData("name*=unknown''%FF", "\uFFFD")]
    [InlineData("name*1=late", null)]
    public void Parameter_is_decoded_on_demand(string parameters, string? expected)
    {
        var value = MimeText.Read($"Content-Type: text/plain; {parameters}\n\n").Root.Parameter("NAME");
        if (expected is not null)
            Assert.Equal(expected, value);
        else
            Assert.Equal(parameters.StartsWith("name*1", StringComparison.Ordinal), value is null);
    }

    [Theory]
    [InlineData("text", "TEXT/PLAIN")]
    [InlineData("/x", "TEXT/PLAIN")]
    [InlineData("", "TEXT/PLAIN")]
    [InlineData("text/html charset=utf-8", "TEXT/HTML")]
    [InlineData("Application/X-Thing;", "APPLICATION/X-THING")]
    public void Type_that_is_none_is_text_plain(string type, string shape) => Assert.Equal(shape, MimeText.Read($"Content-Type: {type}\n\nx").Root.Shape());

    [Fact]
    public void First_of_a_repeated_field_counts() =>
        Assert.Equal("TEXT/HTML", MimeText.Read("Content-Type: text/html\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx").Root.Shape());
}
