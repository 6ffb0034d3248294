using System.Buffers;
using System.Text;
using CsCheck;
using MailMesh.Ingress.Grammar;

namespace MailMesh.Unit.Tests.Smtp;

public sealed class SmtpParserTests
{
    [Theory]
    [InlineData("<a@b.example>", "a@b.example")]
    [InlineData("<\"a\"@b.example>", "a@b.example")] // RFC 5321 §4.1.2: quotes that are not needed mean nothing
    [InlineData("<\"a\\b\"@b.example>", "ab@b.example")]
    [InlineData("<\"a b\"@b.example>", "\"a b\"@b.example")]
    [InlineData("<\"a\\\"b\"@b.example>", "\"a\\\"b\"@b.example")]
    [InlineData("<\"a@b\"@c.example>", "\"a@b\"@c.example")]
    [InlineData("<\"\"@c.example>", "\"\"@c.example")]
    [InlineData("<\"a..b\"@c.example>", "\"a..b\"@c.example")]
    [InlineData("<@x.example,@y.example:a@b.example>", "a@b.example")]
    [InlineData("<A@B.Example>", "A@B.Example")]
    [InlineData("<a@[IPv6:::1]>", "a@[IPv6:::1]")]
    [InlineData("<a@[x-tag:content]>", "a@[x-tag:content]")]
    public void Reads_paths_in_their_plainest_form(string path, string address)
    {
        var mail = Assert.IsType<MailCommand>(Parse($"MAIL FROM:{path}").Command);
        Assert.Equal(address, mail.ReversePath);
        // What was read is read again as itself.
        Assert.Equal(address, Assert.IsType<MailCommand>(Parse($"MAIL FROM:<{address}>").Command).ReversePath);
    }

    [Theory]
    [InlineData("<@x.example>")]
    [InlineData("<@x.example:>")]
    [InlineData("<x.example:a@b.example>")]
    [InlineData("<\"a\tb\"@b.example>")]
    [InlineData("<\"a\"b@c.example>")]
    [InlineData("<a@b.example\">")]
    [InlineData("<a@[b.example]>")]
    [InlineData("<a@[1.2.3]>")]
    [InlineData("<a@[IPv6:fe80::1%eth0]>")]
    [InlineData("<a@[:x]>")]
    [InlineData("<a@b_c.example->")]
    [InlineData("<a,b@c.example>")]
    [InlineData("<(a)@c.example>")]
    [InlineData("<<a@b.example>>")]
    public void Refuses_paths_that_are_none(string path) => Assert.NotNull(Parse($"MAIL FROM:{path}").Refusal);

    [Fact]
    public void Reads_any_octets_without_failing()
    {
        var octets = Gen.Byte.Array[0, 60];
        var start = OneOf("", "MAIL FROM:<", "RCPT TO:<\"", "RCPT TO:<@", "EHLO [", "AUTH PLAIN ", "MAIL FROM:<a@b> ", "MAIL FROM:<a@b> ENVID=", "MAIL FROM:<a@b> BY=", "RCPT TO:<a@b> ORCPT=utf-8;", "RCPT TO:<a@b> NOTIFY=");
        Gen.Select(start, octets).Sample((verb, rest) =>
        {
            var parsed = SmtpParser.Parse(new ReadOnlySequence<byte>([.. Encoding.ASCII.GetBytes(verb), .. rest]));
            Assert.True(parsed.Command is null != parsed.Refusal is null);
        }, iter: 100_000);
    }

    [Fact]
    public void Shows_no_secret()
    {
        var auth = Assert.IsType<AuthCommand>(Parse("AUTH plain AGFsaWNlAHB3").Command);
        Assert.Equal("AUTH PLAIN", auth.ToString());
        Assert.Equal("AGFsaWNlAHB3", auth.InitialResponse);
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Parsed Parse(string line) => SmtpParser.Parse(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(line)));
}
