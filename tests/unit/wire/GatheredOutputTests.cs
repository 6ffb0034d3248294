using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using MailMesh.Wire;

namespace MailMesh.Unit.Tests.Wire;

/// <summary>A reply in pieces, as a session writes it.</summary>
public sealed class GatheredOutputTests
{
    private readonly Pipe _pipe = new(new PipeOptions(minimumSegmentSize: 64, pauseWriterThreshold: 0));

    [Fact]
    public async Task Pieces_of_all_sizes_come_out_whole_and_in_order()
    {
        var output = new GatheredOutput(_pipe.Writer);
        var random = new Random(1);
        var written = new StringBuilder();
        for (var i = 0; i < 2000; i++)
        {
            var piece = new string((char)('a' + i % 26), random.Next(200));
            if (i % 3 == 0)
                output.Write(Encoding.ASCII.GetBytes(piece));
            else
                Encoding.UTF8.GetBytes(piece, output);
            written.Append(piece);
            if (random.Next(20) == 0)
                await output.FlushAsync();
        }
        await output.CompleteAsync();
        Assert.Equal(written.ToString(), await ReadAllAsync());
    }

    [Fact]
    public async Task What_is_not_flushed_counts_as_unflushed_and_is_not_sent()
    {
        var output = new GatheredOutput(_pipe.Writer);
        output.Write("* OK "u8);
        output.Write(new byte[100]);
        Assert.Equal(105, output.UnflushedBytes);
        Assert.False(_pipe.Reader.TryRead(out _));
        await output.FlushAsync();
        Assert.Equal(0, output.UnflushedBytes);
        Assert.True(_pipe.Reader.TryRead(out var sent));
        Assert.Equal(105, sent.Buffer.Length);
    }

    [Fact]
    public void More_than_there_is_room_for_is_refused()
    {
        var output = new GatheredOutput(_pipe.Writer);
        var room = output.GetSpan(10).Length;
        Assert.Throws<ArgumentOutOfRangeException>(() => output.Advance(room + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => output.Advance(-1));
    }

    private async Task<string> ReadAllAsync()
    {
        await using var stream = _pipe.Reader.AsStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync();
    }
}
