using MailMesh.Contracts;
using MailMesh.Spool;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests;

/// <summary>What a session relies on when it says 250; every intake runs it.</summary>
public abstract class MessageIntakeContract : IAsyncLifetime
{
    protected MemoryMessageBus Bus { get; } = new();

    protected abstract IMessageIntake Intake { get; }

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();

    /// <summary>Ids of the messages that would survive this moment's crash.</summary>
    protected abstract Task<IReadOnlyList<string>> DurableAsync();

    [Fact]
    public async Task What_is_accepted_is_durable_before_it_is_published()
    {
        IReadOnlyList<string> durable = [];
        Bus.Publishing = _ => durable = DurableAsync().GetAwaiter().GetResult();
        await Intake.AcceptAsync(Message("1"));
        Assert.Equal(["1"], durable);
        Assert.Equal("1", Assert.Single(Bus.Published<MessageReceived>()).MessageId);
    }

    [Fact]
    public async Task A_message_stays_until_every_command_is_settled()
    {
        await Intake.AcceptAsync(Message("1"));
        Intake.Expect("1", 2);
        Intake.Settle("1");
        Assert.Equal(["1"], await DurableAsync());
        Intake.Settle("1");
        await Wait.UntilAsync("the message to be gone", async () => (await DurableAsync()).Count == 0);
    }

    [Fact]
    public async Task A_refused_message_is_gone_when_it_is_forgotten()
    {
        await Intake.AcceptAsync(Message("1"));
        await Intake.ForgetAsync("1");
        Assert.Empty(await DurableAsync());
    }

    [Fact]
    public async Task A_message_is_resubmitted_whole_and_for_nobody_who_waits()
    {
        var message = Message("1");
        await Intake.AcceptAsync(message);
        await Intake.ResubmitAsync("1");
        var again = Bus.Published<MessageReceived>()[1];
        Assert.Null(again.VerdictTo);
        Assert.Equivalent(message with { VerdictTo = null }, again, strict: true);
    }

    [Fact]
    public async Task What_is_forgotten_is_not_resubmitted()
    {
        await Intake.AcceptAsync(Message("1"));
        await Intake.ForgetAsync("1");
        await Intake.ResubmitAsync("1");
        Assert.Single(Bus.Published<MessageReceived>());
    }

    [Fact]
    public async Task Many_at_once_are_all_kept()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Intake.AcceptAsync(Message($"{i}"))));
        Assert.Equal(500, (await DurableAsync()).Count);
        Assert.Equal(500, Bus.Published<MessageReceived>().Count);
    }

    protected static MessageReceived Message(string id) => new()
    {
        MessageId = id,
        TraceParent = $"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        Envelope = new Envelope { ReversePath = "a@b.example", ForwardPaths = ["用户@ours.example", "bob@ours.example"], Smtputf8 = true },
        Body = "pack/1/0/100",
        SizeBytes = 100,
        Connection = new ConnectionEvidence { RemoteAddress = "192.0.2.1", Helo = "client.example", Listener = "smtp", Tls = "TLSv1.3 X" },
        ReceivedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        VerdictTo = new Uri("copy:verdicts/1"),
        VerdictBefore = new DateTimeOffset(2026, 1, 2, 3, 4, 25, TimeSpan.Zero),
    };
}
