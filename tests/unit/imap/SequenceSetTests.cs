using System.Globalization;
using System.Text;
using CsCheck;
using MailMesh.Access.Imap;

namespace MailMesh.Unit.Tests.Imap;

public sealed class SequenceSetTests
{
    private static readonly Gen<string> Value = Gen.Frequency((8, Gen.UInt[1, 30].Select(n => n.ToString(CultureInfo.InvariantCulture))), (1, Gen.Const("*")));

    private static readonly Gen<string> Range = Gen.OneOf(Value, Gen.Select(Value, Value, (a, b) => $"{a}:{b}"));

    [Fact]
    public void Resolves_to_what_a_model_says()
    {
        Gen.Select(Range.Array[1, 8], Gen.UInt[1, 30]).Sample((ranges, largest) =>
        {
            var resolved = Parse(string.Join(',', ranges))!.Resolve(largest);
            Assert.Equal(Model(ranges, largest), resolved.SelectMany(r => Enumerable.Range((int)r.First, (int)(r.Last - r.First + 1))));
            for (var i = 1; i < resolved.Count; i++)
                Assert.True(resolved[i].First > resolved[i - 1].Last + 1, "ranges touch");
        });
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1,")]
    [InlineData("1:")]
    [InlineData(":1")]
    [InlineData("a")]
    [InlineData("1:2:3")]
    [InlineData("1 ,2")]
    public void Refuses_what_is_none(string text) => Assert.Null(Parse(text));

    [Fact]
    public void The_largest_number_does_not_overflow()
    {
        var ranges = Parse("4294967295,4294967294,1:*")!.Resolve(7);
        Assert.Equal([(1u, 7u), (4294967294u, 4294967295u)], ranges.Select(r => (r.First, r.Last)));
    }

    [Fact]
    public void The_largest_number_is_a_number_and_not_the_last_message()
    {
        var range = Assert.Single(Parse("5:4294967295")!.Resolve(3));
        Assert.Equal((5u, 4294967295u), (range.First, range.Last));
    }

    [Theory]
    [InlineData("1", 1L)]
    [InlineData("1:3", 1L, 2L, 3L)]
    [InlineData("5,3:4,9", 5L, 3L, 4L, 9L)]
    [InlineData("")]
    public void Uids_format_as_ranges_in_their_order(string expected, params long[] uids) => Assert.Equal(expected, UidSet.Format(uids));

    private static SortedSet<int> Model(string[] ranges, uint largest)
    {
        var members = new SortedSet<int>();
        foreach (var range in ranges)
        {
            var ends = Array.ConvertAll(range.Split(':'), end => end == "*" ? (int)largest : int.Parse(end, CultureInfo.InvariantCulture));
            for (var n = ends.Min(); n <= ends.Max(); n++)
                members.Add(n);
        }
        return members;
    }

    private static SequenceSet? Parse(string text)
    {
        var scanner = new ImapScanner(Encoding.ASCII.GetBytes(text));
        var set = SequenceSet.Parse(ref scanner);
        scanner.ExpectEnd();
        return scanner.Failed ? null : set;
    }
}
