using System.IO.Pipelines;
using System.Net;
using System.Text;
using MailMesh.Wire;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Unit.Tests.Wire;

public sealed class WireConnectionTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly Pipe _toServer = new();
    private readonly Pipe _toClient = new(new PipeOptions(pauseWriterThreshold: 1024, resumeWriterThreshold: 512));
    private ConnectionDeadlines _deadlines = null!;
    private WireConnection _connection = null!;
    private bool _aborted;

    public Task InitializeAsync()
    {
        _deadlines = new ConnectionDeadlines(_clock);
        var endPoint = new IPEndPoint(IPAddress.Loopback, 1);
        _connection = new WireConnection(new Duplex(_toServer.Reader, _toClient.Writer), endPoint, endPoint, _deadlines, () => _aborted = true);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _connection.DisposeAsync();
        _deadlines.Dispose();
    }

    [Fact]
    public async Task Reads_lines_however_they_arrive()
    {
        await SendAsync("one\r\ntw");
        Assert.Equal("one", (await ReadAsync()).Text);
        var second = ReadAsync();
        await SendAsync("o\r");
        await SendAsync("\nthree\n");
        Assert.Equal("two", (await second).Text);
        Assert.Equal("three", (await ReadAsync()).Text);
    }

    [Fact]
    public async Task A_strict_line_ends_in_crlf_alone()
    {
        await SendAsync("a\nb\r\n");
        Assert.Equal("a\nb", (await _connection.ReadLineAsync(100, Limit, lenient: false)).Text);
    }

    [Fact]
    public async Task A_long_line_is_dropped_whole_and_the_next_one_read()
    {
        var line = ReadAsync();
        for (var i = 0; i < 50; i++)
            await SendAsync(new string('x', 500));
        await SendAsync("\r\nnext\r\n");
        Assert.Equal(LineStatus.TooLong, (await line).Status);
        Assert.Equal("next", (await ReadAsync()).Text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public async Task Of_a_long_line_the_start_is_kept(int pieces)
    {
        var line = _connection.ReadLineAsync(2 * WireLine.KeptOctets, Limit); // the start has come whole, wherever the line turns out too long
        var text = "start " + new string('x', 1000);
        foreach (var piece in text.Chunk(text.Length / pieces))
            await SendAsync(new string(piece));
        await SendAsync("\r\n");
        Assert.Equal(text[..WireLine.KeptOctets], (await line).Text);
    }

    [Fact]
    public async Task A_line_counts_with_its_end()
    {
        await SendAsync(new string('x', 98) + "\r\n" + new string('x', 99) + "\r\n");
        Assert.Equal(LineStatus.Complete, (await ReadAsync()).Status);
        Assert.Equal(LineStatus.TooLong, (await ReadAsync()).Status);
    }

    [Fact]
    public async Task Half_a_line_is_no_line_that_waits()
    {
        await SendAsync("one\r\ntw");
        await ReadAsync();
        Assert.False(_connection.HasBufferedLine());
        Assert.True(_connection.HasBufferedInput());
        await SendAsync("o\r\n");
        Assert.True(_connection.HasBufferedLine());
        Assert.Equal("two", (await ReadAsync()).Text);
        Assert.False(_connection.HasBufferedLine());
        Assert.False(_connection.HasBufferedInput());
    }

    [Fact]
    public async Task The_end_is_reported()
    {
        await SendAsync("half");
        await _toServer.Writer.CompleteAsync();
        Assert.Equal(LineStatus.End, (await ReadAsync()).Status);
    }

    [Fact]
    public async Task Silence_ends_a_read_at_its_limit_and_not_before()
    {
        var line = ReadAsync().AsTask();
        _clock.Advance(Limit - TimeSpan.FromSeconds(1));
        Assert.False(line.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<ClientTimeoutException>(() => line);
    }

    [Fact]
    public async Task After_a_time_out_a_last_word_still_goes_out()
    {
        var line = ReadAsync().AsTask();
        _clock.Advance(Limit + TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<ClientTimeoutException>(() => line);
        _connection.Write("bye\r\n");
        await _connection.FlushAsync(Limit);
        Assert.Equal("bye\r\n", Encoding.ASCII.GetString((await _toClient.Reader.ReadAsync()).Buffer));
    }

    [Fact]
    public async Task A_client_that_reads_nothing_is_cut_off()
    {
        // The clock stops at each limit: a second sweep past it would cut the connection off before the first flush has ended.
        _connection.Write(new byte[4096]);
        var flush = _connection.FlushAsync(Limit).AsTask();
        _clock.Advance(Limit);
        await Assert.ThrowsAsync<ClientTimeoutException>(() => flush);
        _connection.Write(new byte[4096]);
        flush = _connection.FlushAsync(Limit).AsTask();
        Assert.False(_aborted);
        _clock.Advance(Limit);
        Assert.True(_aborted);
        _toClient.Writer.CancelPendingFlush();
        await Assert.ThrowsAsync<ClientTimeoutException>(() => flush);
    }

    private async Task SendAsync(string text) => await _toServer.Writer.WriteAsync(Encoding.ASCII.GetBytes(text));

    private ValueTask<WireLine> ReadAsync() => _connection.ReadLineAsync(100, Limit);

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
