using System.Text;
using CsCheck;
using MailMesh.Access.Imap;

namespace MailMesh.Unit.Tests.Imap;

public sealed class HeaderFieldFilterTests
{
    private const string Header =
        "Received: from a\r\n\tby b\r\nFrom: me\r\nSUBJECT : folded\r\n subject\r\nno field at all\r\nTo: you\r\nFro: not from\r\nFrom: again\r\n\r\n";

    [Fact]
    public void Picks_the_fields_with_their_continuations() =>
        Assert.Equal("From: me\r\nSUBJECT : folded\r\n subject\r\nFrom: again\r\n\r\n", Filter(Header, wanted: true, "from", "Subject"));

    [Fact]
    public void Leaves_out_the_fields_with_their_continuations() =>
        Assert.Equal("no field at all\r\nTo: you\r\nFro: not from\r\n\r\n", Filter(Header, wanted: false, "From", "subject", "received"));

    [Fact]
    public void Gives_the_empty_line_where_nothing_matches() => Assert.Equal("\r\n", Filter(Header, wanted: true, "X-None"));

    [Fact]
    public void Completes_a_header_that_just_ends() => Assert.Equal("From: me\r\n\r\n", Filter("From: me", wanted: true, "From"));

    [Fact]
    public void Splits_change_nothing() =>
        Gen.Select(Gen.Int[0, Header.Length], Gen.Int[0, Header.Length], Gen.Bool).Sample((a, b, wanted) =>
        {
            var filter = new HeaderFieldFilter(["From", "Subject"], wanted);
            var octets = Encoding.ASCII.GetBytes(Header);
            var (first, second) = (Math.Min(a, b), Math.Max(a, b));
            filter.Add(octets.AsSpan(0, first));
            filter.Add(octets.AsSpan(first, second - first));
            filter.Add(octets.AsSpan(second));
            return Encoding.ASCII.GetString(filter.Finish().Span) == Filter(Header, wanted, "From", "Subject");
        });

    [Fact]
    public void A_header_without_end_stays_bounded()
    {
        var filter = new HeaderFieldFilter(["X"], wanted: true);
        filter.Add("X: "u8);
        for (var i = 0; i < 300; i++)
            filter.Add(new byte[16384]);
        Assert.InRange(filter.Finish().Length, 1, 2 * 1024 * 1024);
    }

    private static string Filter(string header, bool wanted, params string[] fields)
    {
        var filter = new HeaderFieldFilter(fields, wanted);
        filter.Add(Encoding.ASCII.GetBytes(header));
        return Encoding.ASCII.GetString(filter.Finish().Span);
    }
}
