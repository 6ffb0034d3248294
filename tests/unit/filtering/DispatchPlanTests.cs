using MailMesh.Contracts;
using MailMesh.Filtering;

namespace MailMesh.Unit.Tests.Filtering;

public class DispatchPlanTests
{
    private static readonly LocalRecipient Alice = new() { AccountId = 1, Address = "alice@example.com", ForwardPath = "alice@example.com" };
    private static readonly RemoteRecipient Bob = new() { Address = "bob@example.org", ForwardPath = "fwd@example.com" };
    private static readonly Refusal Spam = new(550, "5.7.1", "spam");
    private static readonly Refusal Loop = new(554, "5.4.6", "loop", Undeliverable: true);
    private static readonly RecipientRouting Both = new([Alice], [Bob], []);
    private static readonly RecipientRouting Nobody = new([], [], ["ghost@example.com"]);
    private static readonly RecipientRouting Some = new([Alice], [], ["ghost@example.com"]);

    [Theory]
    [InlineData(Disposition.Accept, false)]
    [InlineData(Disposition.Junk, true)]
    public void Accepted_mail_goes_to_all_its_recipients(Disposition disposition, bool junk)
    {
        var plan = Plan(Received.Message().Waiting(), Both, disposition);
        Assert.Equal([Alice], plan.Deliver);
        Assert.Equal([Bob], plan.Relay);
        Assert.Equal((junk, disposition, 0, 0), (plan.Junk, plan.Disposition, plan.Bounce.Count, plan.Discard.Count));
    }

    [Fact]
    public void A_waiting_session_refuses_and_nothing_else_happens()
    {
        var plan = Plan(Received.Message().Waiting(), Both, Disposition.Reject, Spam);
        Assert.Equal((Spam, Disposition.Reject), (plan.Refuse, plan.Disposition));
        Assert.Empty(plan.Deliver);
        Assert.Empty(plan.Relay);
    }

    [Fact]
    public void A_waiting_session_refuses_mail_for_nobody() =>
        Assert.Equal("5.1.1", Plan(Received.Message().Waiting(), Nobody).Refuse?.EnhancedStatus);

    [Fact]
    public void A_session_that_waited_too_long_refuses_nothing()
    {
        var late = Received.Message().Waiting() with { VerdictBefore = Received.Now };
        Assert.Null(Plan(late, Both, Disposition.Reject, Spam).Refuse);
    }

    [Fact]
    public void A_late_refusal_is_junk_and_never_backscatter()
    {
        var plan = Plan(Received.Message(), Both, Disposition.Reject, Spam);
        Assert.Equal([Alice], plan.Deliver);
        Assert.Equal((true, Disposition.Junk), (plan.Junk, plan.Disposition));
        Assert.Empty(plan.Relay);
        Assert.Empty(plan.Bounce);
        Assert.Equal([new FailedRecipient("bob@example.org", "fwd@example.com", Spam)], plan.Discard);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_late_refusal_of_a_users_or_a_devices_mail_is_told_to_its_sender(bool isDevice)
    {
        var message = isDevice ? Received.Message().FromRelayClient() : Received.Message().Authenticated();
        var plan = Plan(message, Both, Disposition.Reject, Spam);
        Assert.Equal([new FailedRecipient("bob@example.org", "fwd@example.com", Spam)], plan.Bounce);
        Assert.Empty(plan.Discard);
    }

    [Fact]
    public void A_loop_is_told_to_the_sender_and_delivered_to_nobody()
    {
        var plan = Plan(Received.Message(), Both, Disposition.Reject, Loop);
        Assert.Equal([new FailedRecipient("alice@example.com", "alice@example.com", Loop)], plan.Bounce);
        Assert.Empty(plan.Deliver);
        Assert.Empty(plan.Relay);
    }

    [Fact]
    public void A_loop_of_a_notification_ends_here()
    {
        var plan = Plan(Received.Message(""), Both, Disposition.Reject, Loop);
        Assert.Empty(plan.Bounce);
        Assert.Single(plan.Discard);
    }

    [Fact]
    public void A_path_that_leads_nowhere_is_told_while_the_others_are_served()
    {
        var plan = Plan(Received.Message().Waiting(), Some);
        Assert.Equal([Alice], plan.Deliver);
        Assert.Equal("ghost@example.com", Assert.Single(plan.Bounce).ForwardPath);
    }

    [Theory]
    [InlineData("", Disposition.Accept)]
    [InlineData("sender@example.net", Disposition.Junk)]
    public void A_path_that_leads_nowhere_is_not_told_to_nobody_nor_to_a_junk_sender(string reversePath, Disposition disposition)
    {
        var plan = Plan(Received.Message(reversePath), Some, disposition);
        Assert.Empty(plan.Bounce);
        Assert.Single(plan.Discard);
    }

    [Theory]
    [InlineData("NEVER", false)]
    [InlineData("SUCCESS,DELAY", false)]
    [InlineData("FAILURE", true)]
    [InlineData(null, true)]
    public void A_failure_is_told_where_NOTIFY_wants_it(string? notify, bool told)
    {
        var plan = Plan(Received.Message().Asking(new RecipientRequest { ForwardPath = "ghost@example.com", Notify = notify }), Some);
        Assert.Equal(told ? (1, 0) : (0, 1), (plan.Bounce.Count, plan.Discard.Count));
        Assert.Equal([Alice], plan.Deliver);
    }

    [Theory]
    [InlineData("none", false)]
    [InlineData("fail", false)]
    [InlineData("pass", true)]
    public void A_stranger_hears_of_success_only_when_its_address_is_its_own(string spf, bool confirmed)
    {
        var verdict = Received.Verdict() with { Checks = [new CheckResult { Check = "spf", Result = spf, Version = "1" }] };
        var routing = new RecipientRouting([Alice with { Notify = "SUCCESS,FAILURE" }], [Bob with { Notify = "SUCCESS" }], [])
        {
            Expanded = [new RecipientRequest { ForwardPath = "fwd@example.com", Notify = "SUCCESS" }],
        };
        var plan = DispatchPlan.Of(Received.Message(), verdict, routing, Received.Now);
        Assert.Equal(confirmed ? ("SUCCESS,FAILURE", "SUCCESS", 1) : ("FAILURE", "NEVER", 0), (plan.Deliver[0].Notify, plan.Relay[0].Notify, plan.Expanded.Count));
        Assert.Equal(confirmed, plan.MayConfirm);
        Assert.Equal("SUCCESS,FAILURE", DispatchPlan.Of(Received.Message().Authenticated(), Received.Verdict(), routing, Received.Now).Deliver[0].Notify);
    }

    [Theory]
    [InlineData("lmtp", true)]
    [InlineData("smtp", false)]
    public void What_a_server_of_ours_hands_over_is_confirmed(string listener, bool confirmed)
    {
        var message = Received.Message();
        message = message with { Connection = message.Connection with { Listener = listener } };
        Assert.Equal(confirmed, DispatchPlan.Of(message, Received.Verdict(), Both, Received.Now).MayConfirm);
    }

    [Fact]
    public void A_client_of_an_exempt_network_is_confirmed() =>
        Assert.True(DispatchPlan.Of(Received.Message(), Received.Verdict(), Both, Received.Now, isExempt: true).MayConfirm);

    [Fact]
    public void Junk_of_a_stranger_is_never_confirmed()
    {
        var verdict = Received.Verdict(Disposition.Junk) with { Checks = [new CheckResult { Check = "spf", Result = "pass", Version = "1" }] };
        Assert.False(DispatchPlan.Of(Received.Message(), verdict, Both, Received.Now).MayConfirm);
        Assert.False(DispatchPlan.Of(Received.Message(), verdict, Both, Received.Now, isExempt: true).MayConfirm);
    }

    [Fact]
    public void Past_the_time_for_delivery_a_message_comes_back()
    {
        var late = Received.Message().Authenticated();
        late = late with { Envelope = late.Envelope with { DeliverBy = Received.Now, DeliverByMode = "R" } };
        Assert.Equal("5.4.7", Plan(late.Waiting(), Both).Refuse?.EnhancedStatus);
        var plan = Plan(late, Both);
        Assert.Equal("5.4.7", Assert.Single(plan.Bounce).Reason.EnhancedStatus);
        Assert.Equal((0, 0), (plan.Deliver.Count, plan.Relay.Count));
        Assert.Equal([Alice], Plan(late with { Envelope = late.Envelope with { DeliverByMode = "N" } }, Both).Deliver);
        Assert.Equal([Alice], Plan(late with { Envelope = late.Envelope with { DeliverBy = Received.Now.AddSeconds(1) } }, Both).Deliver);
    }

    private static DispatchPlan Plan(MessageReceived message, RecipientRouting routing, Disposition disposition = Disposition.Accept, Refusal? refusal = null) =>
        DispatchPlan.Of(message, Received.Verdict(disposition, refusal), routing, Received.Now);
}
