using System.Buffers;
using System.Text;
using MailMesh.Ingress.Grammar;

namespace MailMesh.Unit.Tests.Smtp;

/// <summary>What MAIL and RCPT may say beyond the address, to the letter of each extension.</summary>
public sealed class EnvelopeParameterTests
{
    [Theory]
    [InlineData("RET=FULL", "FULL")]
    [InlineData("ret=hdrs", "HDRS")]
    public void RET_is_FULL_or_HDRS(string parameter, string read) => Assert.Equal(read, Mail(parameter).DsnReturn);

    [Fact]
    public void ENVID_is_kept_as_it_was_given()
    {
        Assert.Equal("QQ314159+2B+20x", Mail("ENVID=QQ314159+2B+20x").EnvelopeId);
        Assert.Equal(new string('x', 100), Mail("ENVID=" + new string('x', 100)).EnvelopeId);
    }

    [Theory]
    [InlineData("RET=")]
    [InlineData("RET")]
    [InlineData("RET=BODY")]
    [InlineData("ENVID")]
    [InlineData("ENVID=a+2")]
    [InlineData("ENVID=a+2b")] // RFC 3461 §4: upper-case digits
    [InlineData("ENVID=a+0A")] // nothing that could end a line
    [InlineData("ENVID=a+C3+A4")] // §4.4: ASCII before encoding
    [InlineData("ENVID=ä")]
    [InlineData("MT-PRIORITY")]
    [InlineData("MT-PRIORITY=10")]
    [InlineData("MT-PRIORITY=-10")]
    [InlineData("MT-PRIORITY=+3")]
    [InlineData("MT-PRIORITY=03")]
    [InlineData("MT-PRIORITY=-0")]
    [InlineData("MT-PRIORITY=-")]
    [InlineData("MT-PRIORITY=x")]
    [InlineData("BY")]
    [InlineData("BY=120")]
    [InlineData("BY=;R")]
    [InlineData("BY=120;X")]
    [InlineData("BY=120;T")]
    [InlineData("BY=120;RTT")]
    [InlineData("BY=0;R")] // RFC 2852 §4: what comes back past a time has one
    [InlineData("BY=-1;R")]
    [InlineData("BY=1234567890;N")]
    [InlineData("BY=1.5;N")]
    [InlineData("BY=+-5;N")]
    [InlineData("BY=+;N")]
    [InlineData("REQUIRETLS=yes")]
    public void MAIL_refuses_a_wrong_value(string parameter)
    {
        var refusal = Parse($"MAIL FROM:<a@b.example> {parameter}").Refusal;
        Assert.Equal((501, "5.5.4"), (refusal?.Code, refusal?.Enhanced));
    }

    [Fact]
    public void ENVID_has_at_most_100_octets() => Assert.NotNull(Parse($"MAIL FROM:<a@b.example> ENVID={new string('x', 101)}").Refusal);

    [Theory]
    [InlineData("MT-PRIORITY=0", 0)]
    [InlineData("mt-priority=9", 9)]
    [InlineData("MT-PRIORITY=-9", -9)]
    [InlineData("MT-PRIORITY=3", 3)]
    public void MT_PRIORITY_goes_from_minus_9_to_9(string parameter, int priority) => Assert.Equal(priority, Mail(parameter).Priority);

    [Theory]
    [InlineData("BY=120;R", 120, "R", true)]
    [InlineData("by=120;rt", 120, "RT", true)]
    [InlineData("BY=-30;N", -30, "N", false)]
    [InlineData("BY=0;NT", 0, "NT", false)]
    [InlineData("BY=+999999999;N", 999999999, "N", false)]
    public void BY_is_a_time_and_a_mode(string parameter, long seconds, string mode, bool returns)
    {
        var by = Mail(parameter).DeliverBy;
        Assert.Equal((seconds, mode, returns), (by?.Seconds, by?.Mode, by?.Returns));
    }

    [Fact]
    public void MAIL_takes_all_of_them_together_within_its_line()
    {
        var mail = Mail($"SIZE=99999999999999999999 BODY=8BITMIME SMTPUTF8 AUTH={new string('a', 490)} RET=HDRS ENVID={new string('x', 100)} MT-PRIORITY=-9 BY=+123456789;RT REQUIRETLS");
        Assert.True(mail is { RequireTls: true, Smtputf8: true, EightBitMime: true, Priority: -9, DsnReturn: "HDRS" });
    }

    [Theory]
    [InlineData("NOTIFY=NEVER", "NEVER")]
    [InlineData("NOTIFY=never", "NEVER")]
    [InlineData("NOTIFY=delay,Success", "SUCCESS,DELAY")]
    [InlineData("NOTIFY=SUCCESS,FAILURE,DELAY", "SUCCESS,FAILURE,DELAY")]
    public void NOTIFY_is_NEVER_or_a_list(string parameter, string read) => Assert.Equal(read, Rcpt(parameter).Notify);

    [Theory]
    [InlineData("rfc822;Bob@dom.example")]
    [InlineData("RFC822;Bob+2Bx+3Dy@dom.example")]
    [InlineData("x400;/C+3DUS/")]
    public void ORCPT_is_a_type_and_an_xtext_and_is_kept_as_it_was_given(string value) => Assert.Equal(value, Rcpt($"ORCPT={value}").OriginalRecipient);

    [Theory]
    [InlineData("ORCPT=utf-8;b\\x{F3}b@dom.example")]
    [InlineData("ORCPT=utf-8;bób@dom.example")]
    public void ORCPT_of_an_internationalised_address_has_the_forms_of_RFC_6533(string parameter) => Assert.NotNull(Rcpt(parameter).OriginalRecipient);

    [Theory]
    [InlineData("NOTIFY")]
    [InlineData("NOTIFY=")]
    [InlineData("NOTIFY=NEVER,SUCCESS")]
    [InlineData("NOTIFY=SUCCESS,NEVER")]
    [InlineData("NOTIFY=SUCCESS,SUCCESS")]
    [InlineData("NOTIFY=SUCCESS,")]
    [InlineData("NOTIFY=ALWAYS")]
    [InlineData("ORCPT=rfc822")]
    [InlineData("ORCPT=;bob@dom.example")]
    [InlineData("ORCPT=rfc822;")]
    [InlineData("ORCPT=rfc822;bob+0D+0A@dom.example")]
    [InlineData("ORCPT=rfc822;b\u00f3b@dom.example")]
    [InlineData("ORCPT=utf-8;b\\x{D800}b@dom.example")]
    [InlineData("ORCPT=utf-8;b\\x{}b@dom.example")]
    [InlineData("ORCPT=rf:c;bob@dom.example")]
    public void RCPT_refuses_a_wrong_value(string parameter)
    {
        var refusal = Parse($"RCPT TO:<c@d.example> {parameter}").Refusal;
        Assert.Equal(501, refusal?.Code);
    }

    [Fact]
    public void ORCPT_has_at_most_500_octets()
    {
        Assert.NotNull(Rcpt("NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;" + new string('x', 493)).OriginalRecipient);
        Assert.NotNull(Parse("RCPT TO:<c@d.example> ORCPT=rfc822;" + new string('x', 494)).Refusal);
    }

    private static MailCommand Mail(string parameters) => Assert.IsType<MailCommand>(Parse($"MAIL FROM:<a@b.example> {parameters}").Command);

    private static RcptCommand Rcpt(string parameters) => Assert.IsType<RcptCommand>(Parse($"RCPT TO:<c@d.example> {parameters}").Command);

    private static Parsed Parse(string line) => SmtpParser.Parse(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(line)));
}
