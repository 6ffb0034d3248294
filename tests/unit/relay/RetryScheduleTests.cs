using CsCheck;
using MailMesh.Relay;

namespace MailMesh.Unit.Tests;

public sealed class RetryScheduleTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 10, 0, 0, TimeSpan.Zero);

    private readonly RetrySchedule _schedule = new(new RelayOptions(), new Random(1));

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(5, 160)]
    [InlineData(6, 240)]
    [InlineData(1000, 240)]
    public void Waits_double_from_five_minutes_to_four_hours_give_or_take_a_tenth(int attempts, int minutes) =>
        Gen.Int.Sample(seed =>
        {
            var wait = new RetrySchedule(new RelayOptions(), new Random(seed)).Next(attempts, Start, Start) - Start;
            Assert.InRange(wait.TotalMinutes, minutes * 0.9, minutes * 1.1);
        }, iter: 100);

    [Fact]
    public void A_message_that_is_never_taken_is_warned_about_once_late_and_given_up_after_five_days()
    {
        var (now, attempts) = (Start, 0);
        DateTimeOffset? late = null;
        while (!_schedule.IsExpired(Start, now))
        {
            if (_schedule.IsLate(Start, now))
                late ??= now;
            now = _schedule.Next(attempts++, Start, now);
        }
        Assert.Equal(Start.AddDays(5), now);
        Assert.InRange(attempts, 30, 42);
        Assert.InRange((late!.Value - Start).TotalHours, 4, 9);
        Assert.Equal(Start.AddDays(5), _schedule.GivesUpAt(Start));
    }
}
