using MailMesh.Spool;

namespace MailMesh.Unit.Tests.Spool;

public sealed class UnsettledMessageTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SpoolOptions Options = new() { RepublishAfter = TimeSpan.FromMinutes(5), RepublishAtMostEvery = TimeSpan.FromMinutes(30) };

    private readonly UnsettledMessage _message = new(Start);

    [Fact]
    public void Is_settled_when_every_command_is_and_once()
    {
        Assert.False(_message.TakeSettled());
        _message.Expect(2, Start);
        _message.Settle(Start);
        Assert.False(_message.TakeSettled());
        _message.Settle(Start);
        Assert.True(_message.TakeSettled());
        Assert.False(_message.TakeSettled());
        _message.PutBack();
        Assert.True(_message.TakeSettled());
    }

    [Fact]
    public void Is_settled_at_once_when_nothing_is_expected_of_it()
    {
        _message.Expect(0, Start);
        Assert.True(_message.TakeSettled());
    }

    [Fact]
    public void Is_due_after_silence_and_ever_later()
    {
        Assert.False(_message.TakeDue(Start.AddMinutes(4), Options));
        _message.Expect(1, Start.AddMinutes(4));
        Assert.False(_message.TakeDue(Start.AddMinutes(8), Options));
        Assert.True(_message.TakeDue(Start.AddMinutes(9), Options));
        Assert.False(_message.TakeDue(Start.AddMinutes(18), Options));
        Assert.True(_message.TakeDue(Start.AddMinutes(19), Options));
        Assert.True(_message.TakeDue(Start.AddMinutes(39), Options));
        Assert.False(_message.TakeDue(Start.AddMinutes(68), Options));
        Assert.True(_message.TakeDue(Start.AddMinutes(69), Options)); // no longer than the longest span
    }

    [Fact]
    public void Two_settlements_of_one_command_do_not_stand_for_two_commands()
    {
        _message.Expect(2, Start); // A and B, both slow
        Assert.True(_message.TakeDue(Start.AddMinutes(5), Options));
        _message.Expect(2, Start.AddMinutes(5)); // A and B again
        _message.Settle(Start.AddMinutes(6)); // A
        _message.Settle(Start.AddMinutes(6)); // A again
        Assert.False(_message.TakeSettled());
        _message.Settle(Start.AddMinutes(7));
        _message.Settle(Start.AddMinutes(7));
        Assert.True(_message.TakeSettled());
    }

    [Fact]
    public void Commands_that_were_given_up_do_not_keep_it_for_ever()
    {
        _message.Expect(2, Start); // both given up
        Assert.True(_message.TakeDue(Start.AddMinutes(5), Options));
        _message.Expect(2, Start.AddMinutes(5));
        _message.Settle(Start.AddMinutes(5));
        _message.Settle(Start.AddMinutes(5));
        Assert.False(_message.TakeSettled());
        Assert.True(_message.TakeDue(Start.AddMinutes(15), Options));
        _message.Expect(2, Start.AddMinutes(15));
        _message.Settle(Start.AddMinutes(15));
        _message.Settle(Start.AddMinutes(15));
        Assert.True(_message.TakeSettled());
    }
}
