using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using MailMesh.Access.Imap;
using MailMesh.Mailstore;
using MailMesh.Wire;

namespace MailMesh.Unit.Tests.Imap;

/// <summary>RFC 5267 §4.3: a client that follows ADDTO and REMOVEFROM word for word has the result in its order.</summary>
public sealed partial class SearchContextTests
{
    private const int Messages = 12;

    private static readonly MailboxSnapshot Mailbox = MailboxSnapshot.From(new MailboxState(
        new MailboxInfo(1, 1, "INBOX", 1, Messages + 1, 1, null, false),
        [.. Enumerable.Range(1, Messages).Select(uid => new MailboxMessage(uid, 1, SystemFlags.None, null, DateTimeOffset.UnixEpoch, uid * 7 % 5, uid))]));

    [Theory]
    [InlineData("(SIZE)")]
    [InlineData("(REVERSE SIZE)")]
    [InlineData(null)]
    public void A_client_that_follows_has_the_result(string? order) => Gen.Int[1, Messages].Array[0, 6].List[1, 12].Sample(steps =>
    {
        var criteria = order is null ? null : Criteria(order);
        var context = new SearchContext("t", new SearchCommand(new SearchKey.All(), ByUid: true, null, null), [], criteria);
        var client = new List<long>();
        var members = new SortedSet<long>();
        foreach (var step in steps)
        {
            // What is in goes, what is out comes.
            var gone = step.Select(uid => (long)uid).Where(members.Contains).ToHashSet();
            var come = step.Select(uid => (long)uid).Where(uid => !members.Contains(uid)).ToHashSet();
            members.ExceptWith(gone);
            members.UnionWith(come);
            Follow(client, Told(writer =>
            {
                context.Remove(writer, Mailbox, gone);
                context.Add(writer, Mailbox, [.. come.Select(uid => Sorted(uid, criteria))]);
            }), isSorted: criteria is not null);
            var expected = members.Select(uid => Sorted(uid, criteria)).ToList();
            expected.Sort((a, b) => (criteria?.Compare(a.Values, b.Values) ?? 0) is not 0 and var compared ? compared : a.Message.Message.Uid.CompareTo(b.Message.Message.Uid));
            Assert.Equal(expected.Select(message => message.Message.Message.Uid), client);
        }
    }, iter: 2_000);

    private static SortCriteria Criteria(string order)
    {
        var scanner = new ImapScanner(Encoding.ASCII.GetBytes(order));
        return SortCriteria.Parse(ref scanner);
    }

    private static SortedMessage Sorted(long uid, SortCriteria? criteria)
    {
        var message = Mailbox.ByUid(uid)!;
        return new SortedMessage(new SequencedMessage(Mailbox.SequenceOf(uid), message), criteria?.ValuesOf(message, null, 0) ?? []);
    }

    /// <summary>Applies each pair in the order in which it stands.</summary>
    private static void Follow(List<long> client, string told, bool isSorted)
    {
        foreach (Match item in ItemPattern().Matches(told))
        {
            var pairs = item.Groups[2].Value.Split(' ');
            for (var i = 0; i < pairs.Length; i += 2)
            {
                var position = int.Parse(pairs[i]);
                Assert.Equal(isSorted, position > 0);
                foreach (var uid in Expanded(pairs[i + 1]))
                {
                    if (item.Groups[1].Value == "ADDTO")
                        client.Insert(isSorted ? position++ - 1 : ~client.BinarySearch(uid), uid);
                    else if (isSorted)
                        Assert.Equal(uid, TakeAt(client, position - 1));
                    else
                        Assert.True(client.Remove(uid));
                }
            }
        }
    }

    private static long TakeAt(List<long> client, int index)
    {
        var uid = client[index];
        client.RemoveAt(index);
        return uid;
    }

    private static IEnumerable<long> Expanded(string set) => set.Split(',').SelectMany(range =>
    {
        var ends = range.Split(':').Select(long.Parse).ToArray();
        return Enumerable.Range(0, (int)(ends[^1] - ends[0]) + 1).Select(i => ends[0] + i);
    });

    private static string Told(Action<ImapWriter> tell)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var nowhere = new IPEndPoint(IPAddress.Loopback, 1);
        using var deadlines = new ConnectionDeadlines(TimeProvider.System);
        var writer = new ImapWriter(new WireConnection(new OneWay(pipe), nowhere, nowhere, deadlines), TimeSpan.FromMinutes(1));
        tell(writer);
        writer.Write("end\r\n"u8);
        writer.FlushAsync().AsTask().GetAwaiter().GetResult();
        Assert.True(pipe.Reader.TryRead(out var result));
        return Encoding.ASCII.GetString(result.Buffer);
    }

    [GeneratedRegex(@"^\* ESEARCH \(TAG ""t""\) UID (ADDTO|REMOVEFROM) \(([0-9:, ]+)\)\r$", RegexOptions.Multiline)]
    private static partial Regex ItemPattern();

    private sealed class OneWay(Pipe pipe) : IDuplexPipe
    {
        public PipeReader Input { get; } = new Pipe().Reader;

        public PipeWriter Output => pipe.Writer;
    }
}
