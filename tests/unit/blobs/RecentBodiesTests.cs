using MailMesh.Blobs;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Unit.Tests.Blobs;

/// <summary>What is kept in memory of bodies that were just written: for a moment, and only so much.</summary>
public sealed class RecentBodiesTests
{
    private const int Capacity = 4 * 1024 * 1024;

    private readonly FakeTimeProvider _clock = new();
    private readonly RecentBodies _recent;

    public RecentBodiesTests() => _recent = new RecentBodies(_clock);

    [Fact]
    public void A_body_is_there_from_any_offset_on()
    {
        byte[] body = [1, 2, 3, 4];
        _recent.Add("a", body);
        body[0] = 9;
        Assert.Equal((byte[])[1, 2, 3, 4], Read("a"));
        Assert.Equal((byte[])[3, 4], Read("a", 2));
        Assert.Equal((byte[])[], Read("a", 4));
        Assert.Equal((byte[])[], Read("a", long.MaxValue));
        Assert.Null(Read("b"));
    }

    [Fact]
    public void A_body_is_there_for_a_moment()
    {
        _recent.Add("a", [1]);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull(Read("a"));
        _recent.Add("a", [1]); // as another message of the same content: it is not younger for it
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(Read("a"));
    }

    [Fact]
    public void The_oldest_go_where_there_are_too_many()
    {
        var body = new byte[RecentBodies.MaxBody];
        const int Held = Capacity / RecentBodies.MaxBody;
        for (var i = 0; i < Held; i++)
            _recent.Add($"{i}", body);
        Assert.NotNull(Read("0"));
        _recent.Add("small", [1]);
        Assert.Null(Read("0"));
        Assert.NotNull(Read("1"));
        for (var i = 0; i < Held - 1; i++)
            _recent.Add($"more {i}", body);
        Assert.Null(Read("1"));
        Assert.Null(Read($"{Held - 1}"));
        Assert.Equal((byte[])[1], Read("small"));
    }

    /// <summary>What came twice is counted once, so that as much as ever is held.</summary>
    [Fact]
    public void Nothing_is_counted_twice_or_after_it_went()
    {
        var body = new byte[RecentBodies.MaxBody];
        const int Held = Capacity / RecentBodies.MaxBody;
        for (var round = 0; round < 3; round++)
        {
            _recent.Clear();
            for (var i = 0; i < Held; i++)
            {
                _recent.Add($"{i}", body);
                _recent.Add($"{i}", body);
            }
            Assert.All(Enumerable.Range(0, Held), i => Assert.NotNull(Read($"{i}")));
        }
        _recent.Clear();
        Assert.Null(Read("0"));
    }

    private byte[]? Read(string reference, long offset = 0)
    {
        using var body = _recent.Open(reference, offset);
        if (body is null)
            return null;
        using var copy = new MemoryStream();
        body.CopyTo(copy);
        return copy.ToArray();
    }
}
