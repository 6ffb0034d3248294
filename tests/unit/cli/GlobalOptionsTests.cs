using MailMesh.Cli;

namespace MailMesh.Unit.Tests.Cli;

public sealed class GlobalOptionsTests
{
    [Theory]
    [InlineData("--data DIR domain list", "domain list --data=DIR")]
    [InlineData("domain --json add x.test --url http://h", "domain add x.test --json --url=http://h")]
    [InlineData("domain list --data=DIR", "domain list --data=DIR")]
    [InlineData("account add a@x.test --password -secret --json", "account add a@x.test --password=-secret --json")]
    [InlineData("account add a@x.test --password --json", "account add a@x.test --password=--json")]
    [InlineData("--token -t status", "status --token=-t")]
    [InlineData("status --data", "status --data")]
    [InlineData("", "")]
    public void Stand_at_the_end_whatever_their_position(string given, string expected) =>
        Assert.Equal(expected, string.Join(' ', GlobalOptions.MoveToEnd(given.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
}
