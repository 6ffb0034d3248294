using MailMesh.Ingress.Grammar;
using MailMesh.Ingress.Policy;

namespace MailMesh.Unit.Tests.Policy;

/// <summary>RFC 2920 §3.1.</summary>
public sealed class EarlyCommandsTests
{
    [Theory]
    [InlineData(nameof(SmtpVerb.Ehlo), false, true)]
    [InlineData(nameof(SmtpVerb.Ehlo), true, true)]
    [InlineData(nameof(SmtpVerb.Data), true, true)]
    [InlineData(nameof(SmtpVerb.StartTls), true, true)]
    [InlineData(nameof(SmtpVerb.Mail), false, true)] // HELO announces nothing
    [InlineData(nameof(SmtpVerb.Mail), true, false)]
    [InlineData(nameof(SmtpVerb.Rcpt), true, false)]
    [InlineData(nameof(SmtpVerb.Rset), true, false)]
    public void Who_sends_ahead_must_have_been_told_that_it_may(string verb, bool isExtended, bool isEarly)
    {
        var command = Enum.Parse<SmtpVerb>(verb);
        Assert.Equal(isEarly, EarlyCommands.Check(RuleMode.Score, command, isExtended, hasMore: true) is { Refusal: null });
        Assert.Equal(isEarly, EarlyCommands.Check(RuleMode.Reject, command, isExtended, hasMore: true)?.Refusal is { Code: 554, Closes: true });
        Assert.Null(EarlyCommands.Check(RuleMode.Reject, command, isExtended, hasMore: false));
        Assert.Null(EarlyCommands.Check(RuleMode.Off, command, isExtended, hasMore: true));
    }
}
