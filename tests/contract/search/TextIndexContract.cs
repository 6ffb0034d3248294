using System.Text;
using CsCheck;
using MailMesh.Mailstore;
using MailMesh.Search;
using MailMesh.Storage;
using MailMesh.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Contract.Tests.Search;

/// <summary>The full-text index finds what reading the messages finds, and goes with them.</summary>
public abstract class TextIndexContract(DatabaseEngine engine) : IAsyncLifetime
{
    private static readonly string[] Words = ["budget", "Bud", "meeting", "会議", "議事録", "ガイド", "café", "42", "ÄPFEL", "мир"];

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private MailstoreHome _home = null!;
    private TextIndex _index = null!;
    private TextIndexing _indexing = null!;
    private long _inbox;
    private long _account;

    public async Task InitializeAsync()
    {
        _home = await MailstoreHome.CreateAsync(_clock, engine: engine);
        _index = new TextIndex(_home.Database);
        _indexing = new TextIndexing(_home.Store, _index, _clock, NullLogger<TextIndexing>.Instance);
        _account = await _home.AddAccountAsync("alice");
        _inbox = (await _home.Store.OpenAsync(_account, "INBOX")).Mailbox.Id;
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [ContractFact]
    public async Task Index_and_reading_agree()
    {
        var random = new Random(7);
        for (var i = 0; i < 60; i++)
            await AppendAsync(Pick(random), Pick(random));
        await _indexing.RunAsync(CancellationToken.None);
        var contents = await ContentsAsync();
        var texts = new Dictionary<long, IndexedText>();
        foreach (var content in contents)
            texts.Add(content.Id, await MessageTexts.ReadAsync(_home.Store, content));
        string[] looked = ["b", "会", "budget", "meet", "42", "apfel", "CAFE", "мир", "ガ", "?", "'", "\"", "録", "nowhere", "a & b | !c", "x:*"];
        var text = Gen.Int[0, looked.Length - 1].Select(i => looked[i]);
        await Gen.Select(text.List[1, 3], Gen.Bool).SampleAsync(async (words, bodyOnly) =>
        {
            var query = FuzzyQuery.Of(string.Join(' ', words), bodyOnly);
            var scores = await _index.ScoresAsync(query, [.. texts.Keys]);
            Assert.Equal(texts.ToDictionary(entry => entry.Key, entry => query.Score(entry.Value)), scores);
        }, iter: 60, threads: 1);
    }

    [ContractFact]
    public async Task What_is_not_in_it_is_told_apart()
    {
        await AppendAsync("one", "budget");
        await _indexing.RunAsync(CancellationToken.None);
        await AppendAsync("two", "budget");
        var ids = (await ContentsAsync()).Select(content => content.Id).ToArray();
        var scores = await _index.ScoresAsync(FuzzyQuery.Of("budget", bodyOnly: true), [.. ids, ids[^1] + 100]);
        Assert.Equal([ids[0]], scores.Keys);
        Assert.Equal([ids[1]], await _index.PendingAsync(10));
    }

    /// <summary>After each batch of twenty the indexing rests nine times what that took: deliveries wait for its transactions.</summary>
    [ContractFact]
    public async Task Indexing_works_a_tenth_of_the_time()
    {
        for (var i = 0; i < 45; i++)
            await AppendAsync("one", $"budget {i}");
        var clock = new RestingClock { AutoAdvanceAmount = TimeSpan.FromSeconds(2) }; // what each batch takes: the clock is looked at before it and after it
        await new TextIndexing(_home.Store, _index, clock, NullLogger<TextIndexing>.Instance).RunAsync(CancellationToken.None);
        Assert.Equal([TimeSpan.FromSeconds(18), TimeSpan.FromSeconds(18), TimeSpan.FromSeconds(18)], clock.Rests);
        Assert.Empty(await _index.PendingAsync(1));
    }

    [ContractFact]
    public async Task Indexing_goes_on_where_it_was_and_twice_does_no_harm()
    {
        for (var i = 0; i < 45; i++)
            await AppendAsync($"m{i}", "budget");
        await Task.WhenAll(_indexing.RunAsync(CancellationToken.None), _indexing.RunAsync(CancellationToken.None));
        Assert.Empty(await _index.PendingAsync(10));
        _clock.Advance(TimeSpan.FromHours(2));
        await _indexing.RunAsync(CancellationToken.None); // raises the floor
        await AppendAsync("late", "budget");
        Assert.Single(await _index.PendingAsync(10));
        await _indexing.RunAsync(CancellationToken.None);
        Assert.Empty(await _index.PendingAsync(10));
        var ids = (await ContentsAsync()).Select(content => content.Id).ToArray();
        Assert.Equal(46, (await _index.ScoresAsync(FuzzyQuery.Of("budget", bodyOnly: true), ids)).Count(entry => entry.Value == 60));
    }

    [ContractFact]
    public async Task What_comes_late_with_a_lower_number_is_found_by_a_whole_look()
    {
        await AppendAsync("early", "budget");
        await AppendAsync("late", "budget");
        await _indexing.RunAsync(CancellationToken.None);
        var early = (await ContentsAsync()).Min(content => content.Id);
        await _home.Database.WriteAsync(session => session.ExecuteAsync("DELETE FROM content_texts WHERE content_id = @id", ("@id", early)));
        await _indexing.RunAsync(CancellationToken.None);
        Assert.Equal([early], await _index.PendingAsync(10)); // a turn looks at what came since
        _clock.Advance(TimeSpan.FromMinutes(11));
        await _indexing.RunAsync(CancellationToken.None);
        Assert.Empty(await _index.PendingAsync(10));
    }

    [ContractFact]
    public async Task It_goes_with_the_contents()
    {
        await AppendAsync("one", "budget");
        await _indexing.RunAsync(CancellationToken.None);
        var content = (await ContentsAsync())[0];
        await _home.Database.WriteAsync(session => session.ExecuteAsync("DELETE FROM messages"));
        await _home.Database.WriteAsync(session => session.ExecuteAsync("DELETE FROM contents"));
        Assert.Empty(await _index.ScoresAsync(FuzzyQuery.Of("budget", bodyOnly: true), [content.Id]));
        // A content that went before its text came leaves nothing behind.
        await _index.AddAsync([(content.Id, IndexedText.None)]);
        Assert.Equal(0, await _home.Database.ReadAsync(session => session.ScalarAsync<long>("SELECT count(*) FROM content_texts")));
    }

    [ContractFact]
    public async Task A_message_that_cannot_be_read_holds_up_no_other()
    {
        await AppendAsync("one", "budget");
        await _home.Database.WriteAsync(session => session.ExecuteAsync("UPDATE contents SET blob = 'no such blob'"));
        await AppendAsync("two", "budget");
        await _indexing.RunAsync(CancellationToken.None);
        Assert.Empty(await _index.PendingAsync(10));
        var ids = (await ContentsAsync()).Select(content => content.Id).ToArray();
        Assert.Equal([0, 60], (await _index.ScoresAsync(FuzzyQuery.Of("budget", bodyOnly: true), ids)).OrderBy(entry => entry.Key).Select(entry => entry.Value));
    }

    [ContractFact]
    public async Task A_giant_message_is_indexed_to_its_limit()
    {
        var words = new StringBuilder();
        for (var i = 0; words.Length < 3 * 1024 * 1024; i++)
            words.Append("語彙").Append(i).Append(' ');
        await AppendAsync("giant", words.ToString());
        await _indexing.RunAsync(CancellationToken.None);
        Assert.Empty(await _index.PendingAsync(10));
        var ids = (await ContentsAsync()).Select(content => content.Id).ToArray();
        Assert.Equal(60, (await _index.ScoresAsync(FuzzyQuery.Of("語彙", bodyOnly: true), ids)).Single().Value);
    }

    private static string Pick(Random random) => string.Join(' ', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Words[random.Next(Words.Length)]));

    private async Task<IReadOnlyList<MessageContent>> ContentsAsync() =>
        await _home.Store.ContentsAsync([.. (await _home.Store.OpenAsync(_account, "INBOX")).Messages.Select(message => message.ContentId)]);

    private async Task AppendAsync(string subject, string body)
    {
        var octets = Encoding.UTF8.GetBytes($"Subject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n");
        await _home.Store.AppendAsync(_inbox, new NewMessage(await _home.PutAsync(octets), octets.Length, SystemFlags.None, null, null));
    }

    /// <summary>Each look at it takes time; a rest takes none, and is noted.</summary>
    private sealed class RestingClock : FakeTimeProvider
    {
        public List<TimeSpan> Rests { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Rests.Add(dueTime);
            ThreadPool.QueueUserWorkItem(_ => callback(state));
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
