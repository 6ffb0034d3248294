using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using CsCheck;
using MailMesh.Access.Imap;
using MailMesh.Mailstore;
using MailMesh.Mime;
using MailMesh.Wire;
using Mail = MailMesh.Unit.Tests.Imap.ThreadModel.Mail;

namespace MailMesh.Unit.Tests.Imap;

/// <summary>RFC 5256 §3 THREAD against a slow model of it.</summary>
public sealed class MessageThreadsTests
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Subjects = ["", "a", "Re: a", "A", "b", "re: b", "[x] b", "Re:", "c (fwd)", "d"];

    private static readonly Gen<List<Mail>> Mails =
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 8].Array[0, 4], Gen.Int[0, 9], Gen.Int[0, 5], Gen.Int[0, 5])
            .List[1, 12]
            .Select(rows => rows.Select((row, i) => new Mail(
                i + 1,
                row.Item1 == 0 ? null : $"{row.Item1}@x",
                [.. row.Item2.Select(id => $"{id}@x")],
                Subjects[row.Item3],
                Epoch.AddMinutes(row.Item4).UtcTicks)
            { Came = Epoch.AddMinutes(row.Item5).UtcTicks }).ToList());

    [Fact]
    public void References_are_what_the_rfc_says() => Mails.Sample(mails => AssertSame(ThreadModel.References(mails), ThreadAlgorithm.References, mails), iter: 20_000);

    [Fact]
    public void Refs_are_references_without_subjects() => Mails.Sample(mails => AssertSame(ThreadModel.Refs(mails), ThreadAlgorithm.Refs, mails), iter: 20_000);

    [Fact]
    public void Ordered_subject_is_what_the_rfc_says() => Mails.Sample(mails => AssertSame(ThreadModel.OrderedSubject(mails), ThreadAlgorithm.OrderedSubject, mails), iter: 5_000);

    [Fact]
    public void No_message_is_lost_or_told_twice() => Mails.Sample(mails =>
    {
        foreach (var algorithm in Enum.GetValues<ThreadAlgorithm>())
        {
            var numbers = Threads(algorithm, mails).Split(['(', ')', ' '], StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).Order();
            Assert.Equal(mails.Select(mail => mail.Number), numbers);
        }
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_thread_of_great_depth_is_told(bool fromTheLast)
    {
        var mails = Enumerable.Range(1, 9_000).Select(i => new Mail(i, $"{i}@x", i == 1 ? [] : [$"{i - 1}@x"], "s", Epoch.AddSeconds(i).UtcTicks)).ToList();
        if (fromTheLast)
            mails = [.. mails.AsEnumerable().Reverse().Select((mail, i) => mail with { Number = i + 1 })];
        var numbers = mails.OrderBy(mail => mail.Date).Select(mail => mail.Number);
        Assert.Equal($"({string.Join(' ', numbers)})", Threads(ThreadAlgorithm.References, mails));
    }

    [Fact]
    public void References_in_circles_lose_nothing()
    {
        var mails = Enumerable.Range(1, 300).Select(i => new Mail(i, $"{i}@x", [.. Enumerable.Range(1, 300).Select(j => $"{((i * j) % 300) + 1}@x")], "s", Epoch.UtcTicks)).ToList();
        Assert.Equal(300, Threads(ThreadAlgorithm.References, mails).Split(['(', ')', ' '], StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private static void AssertSame(string expected, ThreadAlgorithm algorithm, List<Mail> mails) => Assert.Equal(expected, Threads(algorithm, mails));

    private static string Threads(ThreadAlgorithm algorithm, List<Mail> mails)
    {
        var threads = new MessageThreads(algorithm);
        foreach (var mail in mails)
        {
            var date = new DateTimeOffset(mail.Date, TimeSpan.Zero);
            var header = new StringBuilder($"Subject: {mail.Subject}\r\nDate: {date.ToString("r", CultureInfo.InvariantCulture)}\r\n");
            if (mail.Id is not null)
                header.Append(CultureInfo.InvariantCulture, $"Message-ID: <{mail.Id}>\r\n");
            if (mail.References.Length > 0)
                header.Append(CultureInfo.InvariantCulture, $"References: {string.Join("\r\n ", mail.References.Select(id => $"<{id}>"))}\r\n");
            var index = MessageIndex.Read(new MemoryStream(Encoding.ASCII.GetBytes(header.Append("\r\n").ToString())));
            var message = new MailboxMessage(mail.Number, 1, SystemFlags.None, null, new DateTimeOffset(mail.Came, TimeSpan.Zero), 1, mail.Number);
            threads.Add(new SequencedMessage(mail.Number, message), new MessageHeading(mail.Number, index.EncodeEnvelope(), index.RefersTo));
        }
        return Written(threads.Build());
    }

    private static string Written(IReadOnlyList<ThreadNode> threads)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var nowhere = new IPEndPoint(IPAddress.Loopback, 1);
        using var deadlines = new ConnectionDeadlines(TimeProvider.System);
        var connection = new WireConnection(new OneWay(pipe), nowhere, nowhere, deadlines);
        var writer = new ImapWriter(connection, TimeSpan.FromMinutes(1));
        ThreadReply.WriteAsync(writer, threads, byUid: false).AsTask().GetAwaiter().GetResult();
        writer.FlushAsync().AsTask().GetAwaiter().GetResult();
        Assert.True(pipe.Reader.TryRead(out var result));
        var line = Encoding.ASCII.GetString(result.Buffer);
        Assert.StartsWith("* THREAD (", line, StringComparison.Ordinal);
        return line["* THREAD ".Length..].TrimEnd();
    }

    private sealed class OneWay(Pipe pipe) : IDuplexPipe
    {
        public PipeReader Input { get; } = new Pipe().Reader;

        public PipeWriter Output => pipe.Writer;
    }
}
