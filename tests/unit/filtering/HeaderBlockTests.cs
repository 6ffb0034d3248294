using System.Text;
using CsCheck;
using MailMesh.Blobs;
using MailMesh.Filtering;
using MailMesh.Testing;

namespace MailMesh.Unit.Tests.Filtering;

public sealed class HeaderBlockTests : IAsyncLifetime
{
    private readonly PackBlobStore _blobs = PackBlobStore.OnFiles(Scratch.NewFolder("header"));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _blobs.DisposeAsync();

    [Fact]
    public void Fields_are_found_by_name_in_any_case_and_unfolded()
    {
        var header = HeaderBlock.Parse(Encoding.UTF8.GetBytes("Received: one\r\nSubject : a\r\n b\r\n\tc\r\nRECEIVED: two\r\nnot a field\r\n\r\nReceived: body\r\n"));
        Assert.Equal(2, header.Count("Received"u8));
        Assert.Equal("a b\tc", header.First("subject"u8));
        Assert.Null(header.First("From"u8));
        Assert.True(header.IsComplete);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("\r\nbody")]
    [InlineData("no colon")]
    [InlineData(":")]
    [InlineData(" folded first\r\nA: b")]
    public void Any_octets_are_a_header(string text) => Assert.InRange(HeaderBlock.Parse(Encoding.UTF8.GetBytes(text)).BodyOffset, 0, text.Length);

    [Theory]
    [InlineData(100)]
    [InlineData(8 * 1024)]
    [InlineData(100 * 1024)]
    public async Task The_body_starts_after_the_empty_line_wherever_a_read_ends(int padding)
    {
        for (var extra = 0; extra < 5; extra++)
        {
            var head = $"A: {new string('x', padding + extra)}\r\nB: c\r\n\r\n";
            var header = (await (await Received.Message().StoredIn(_blobs, head + new string('y', 20_000))).ContextIn(_blobs)).Header;
            Assert.Equal(head.Length, header.BodyOffset);
            Assert.Equal("c", header.First("B"u8));
        }
    }

    [Fact]
    public async Task A_header_past_the_bound_is_taken_as_far_as_it_goes()
    {
        var text = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"F{i}: x\r\n"));
        var header = (await (await Received.Message().StoredIn(_blobs, text)).ContextIn(_blobs)).Header;
        Assert.False(header.IsComplete);
        Assert.Equal("x", header.First("F10000"u8));
        Assert.Null(header.First("F39999"u8));
    }

    [Fact]
    public void No_octets_break_it() => Gen.Byte.Array[0, 200].Sample(octets =>
    {
        var header = HeaderBlock.Parse(octets);
        return header.Count("A"u8) >= 0 && header.BodyOffset <= octets.Length;
    });
}
