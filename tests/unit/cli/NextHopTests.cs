using MailMesh.Cli;

namespace MailMesh.Unit.Tests.Cli;

public sealed class NextHopTests
{
    [Theory]
    [InlineData("smtp.example.org:25", "smtp.example.org", 25)]
    [InlineData("192.0.2.1:2525", "192.0.2.1", 2525)]
    [InlineData("[2001:db8::25]:25", "2001:db8::25", 25)]
    public void Is_host_and_port(string text, string host, int port) => Assert.Equal((host, port), RouteVerbs.ParseNextHop(text));

    [Theory]
    [InlineData("smtp.example.org")]
    [InlineData(":25")]
    [InlineData("2001:db8::25")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:+25")]
    [InlineData("[]:25")]
    public void Is_refused_otherwise(string text) => Assert.Equal(ExitCode.Usage, Assert.Throws<CommandException>(() => RouteVerbs.ParseNextHop(text)).ExitCode);
}
