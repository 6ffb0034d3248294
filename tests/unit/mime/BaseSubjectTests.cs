using MailMesh.Mime;

namespace MailMesh.Unit.Tests.Mime;

public sealed class BaseSubjectTests
{
    [Theory]
    [InlineData("Hello", "Hello", false)]
    [InlineData("Re: Hello", "Hello", true)]
    [InlineData("RE : Hello", "Hello", true)]
    [InlineData("re[2]: Hello", "Hello", true)]
    [InlineData("re [2] : Hello", "Hello", true)]
    [InlineData("Fw: Fwd: FWD: re: Hello", "Hello", true)]
    [InlineData("[list] Hello", "Hello", false)]
    [InlineData("[list] Re: [list] Hello", "Hello", true)]
    [InlineData("Re: [a] [b]\tRe: Hello", "Hello", true)]
    [InlineData("[list]", "[list]", false)]
    [InlineData("Re: [list]", "[list]", true)]
    [InlineData("[a] [b]", "[b]", false)]
    [InlineData("Hello (fwd)", "Hello", true)]
    [InlineData("Hello (FWD) (fwd) ", "Hello", true)]
    [InlineData("[Fwd: Hello]", "Hello", true)]
    [InlineData("[fwd: Re: [list] Hello (fwd)]", "Hello", true)]
    [InlineData("Re: [Fwd: [fwd: Hello]]", "Hello", true)]
    [InlineData("  Hello \t  world  ", "Hello world", false)]
    [InlineData("Reply: Hello", "Reply: Hello", false)]
    [InlineData("Forward Hello", "Forward Hello", false)]
    [InlineData("Re Hello", "Re Hello", false)]
    [InlineData("Re:", "", true)]
    [InlineData("(fwd)", "", true)]
    [InlineData("[[a] b", "[[a] b", false)]
    [InlineData("[open Re: x", "[open Re: x", false)]
    [InlineData("Re: [fwd:]", "", true)]
    [InlineData("=?utf-8?Q?Re=3A_Gr=C3=BC=C3=9Fe?=", "Grüße", true)]
    [InlineData("", "", false)]
    [InlineData(null, "", false)]
    public void Is_what_is_left(string? subject, string text, bool isReply) => Assert.Equal(new BaseSubject(text, isReply), BaseSubject.Of(subject));

    [Theory]
    [InlineData("[a]")]
    [InlineData("re:")]
    [InlineData("(fwd)")]
    [InlineData("[")]
    [InlineData("[fwd:")]
    public void A_hostile_subject_takes_no_time(string piece) => Assert.NotNull(BaseSubject.Of(string.Concat(Enumerable.Repeat(piece, 20_000))).Text);
}
