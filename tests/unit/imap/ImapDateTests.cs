using System.Text;
using MailMesh.Access.Imap;

namespace MailMesh.Unit.Tests.Imap;

public sealed class ImapDateTests
{
    [Theory]
    [InlineData("\"17-Jul-1996 02:44:25 -0700\"", "\"17-Jul-1996 09:44:25 +0000\"")]
    [InlineData("\" 7-feb-1994 21:52:25 +0900\"", "\" 7-Feb-1994 12:52:25 +0000\"")]
    [InlineData("\"29-Feb-2024 00:00:00 +0000\"", "\"29-Feb-2024 00:00:00 +0000\"")]
    [InlineData("\"31-Dec-2016 23:59:60 +0000\"", "\"31-Dec-2016 23:59:59 +0000\"")]
    public void Reads_and_writes_a_date_time(string wire, string written)
    {
        var scanner = new ImapScanner(Encoding.ASCII.GetBytes(wire));
        var moment = ImapDate.ParseDateTime(ref scanner);
        Assert.Null(scanner.Error);
        Assert.Equal(written, ImapDate.Format(moment));
    }

    [Theory]
    [InlineData("\"30-Feb-2024 00:00:00 +0000\"")]
    [InlineData("\"01-Foo-2024 00:00:00 +0000\"")]
    [InlineData("\"01-Jan-2024 24:00:00 +0000\"")]
    [InlineData("\"01-Jan-2024 00:00:00 +9900\"")]
    [InlineData("\"01-Jan-0001 00:00:00 +1400\"")]
    [InlineData("\"01-Jan-99999 00:00:00 +0000\"")]
    [InlineData("\"01-Jan-2024\"")]
    [InlineData("01-Jan-2024 00:00:00 +0000")]
    public void Refuses_what_is_none(string wire)
    {
        var scanner = new ImapScanner(Encoding.ASCII.GetBytes(wire));
        _ = ImapDate.ParseDateTime(ref scanner);
        Assert.True(scanner.Failed);
    }

    [Theory]
    [InlineData("1-Feb-1994")]
    [InlineData("\"01-FEB-1994\"")]
    public void Reads_a_date_with_quotes_or_without(string wire)
    {
        var scanner = new ImapScanner(Encoding.ASCII.GetBytes(wire));
        Assert.Equal(new DateOnly(1994, 2, 1), ImapDate.ParseDate(ref scanner));
        Assert.True(scanner.AtEnd);
    }
}
