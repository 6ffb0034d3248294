using MailMesh.Mailstore;

namespace MailMesh.Unit.Tests.Mailstore;

public sealed class RecentContentsTests
{
    private readonly RecentContents _recent = new();

    [Fact]
    public void What_was_asked_for_last_is_kept_and_memory_is_bounded()
    {
        const int Octets = 100 * 1024;
        for (var id = 1; id <= 500; id++)
        {
            _recent.Add([Content(id, Octets)]);
            Assert.Single(_recent.Find([1])); // which is used each time
        }
        var kept = _recent.Find([.. Enumerable.Range(1, 500).Select(id => (long)id)]);
        Assert.InRange(kept.Count * (long)Octets, RecentContents.Capacity / 2, RecentContents.Capacity);
        Assert.Contains(1, kept.Keys);
        Assert.Contains(500, kept.Keys);
        Assert.DoesNotContain(2, kept.Keys);
    }

    [Fact]
    public void A_giant_does_not_push_out_the_rest()
    {
        _recent.Add([Content(1, 10), Content(2, RecentContents.Capacity)]);
        Assert.Equal([1], _recent.Find([1, 2]).Keys);
    }

    [Fact]
    public void What_is_added_again_takes_the_place_of_what_was_there()
    {
        for (var i = 0; i < 1_000; i++)
            _recent.Add([Content(1, 100 * 1024) with { Preview = $"{i}" }]);
        _recent.Add([Content(2, 10)]);
        var found = _recent.Find([1, 2, 3]);
        Assert.Equal([1L, 2], found.Keys.Order());
        Assert.Equal("999", found[1].Preview);
    }

    private static MessageContent Content(long id, int octets) => new(id, $"m{id}", "blob", 1, [], new byte[octets], []);
}
