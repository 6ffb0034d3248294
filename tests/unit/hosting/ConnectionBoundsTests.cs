using MailMesh.Hosting;

namespace MailMesh.Unit.Tests.Hosting;

/// <summary>One process takes so many connections and handshakes, and gives each place back once.</summary>
public sealed class ConnectionBoundsTests
{
    [Fact]
    public void Connections_and_handshakes_are_counted_apart()
    {
        var bounds = new ConnectionBounds(maxConnections: 2, maxHandshakes: 1);
        Assert.True(bounds.TryEnter());
        Assert.True(bounds.TryBeginHandshake());
        Assert.True(bounds.TryEnter());
        Assert.False(bounds.TryBeginHandshake());
        Assert.False(bounds.TryEnter());
        bounds.EndHandshake();
        Assert.True(bounds.TryBeginHandshake());
        bounds.Leave();
        Assert.True(bounds.TryEnter());
        Assert.False(bounds.TryEnter());
    }

    [Theory]
    [InlineData(1024, 768)]
    [InlineData(20_000, 19_000)]
    [InlineData(1_048_576, 996_148)]
    public void They_leave_open_files_for_everything_else(int limit, int connections) => Assert.Equal(connections, ConnectionBounds.Below(limit));
}
