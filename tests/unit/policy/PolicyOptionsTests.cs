using System.Net;
using MailMesh.Hosting;
using MailMesh.Ingress;
using MailMesh.Ingress.Policy;
using MailMesh.Rates;
using Microsoft.Extensions.Configuration;

namespace MailMesh.Unit.Tests.Policy;

public sealed class PolicyOptionsTests
{
    [Fact]
    public void Strangers_meet_rules_and_users_none()
    {
        var smtp = From(SmtpListener.Smtp);
        Assert.Equal((RuleMode.Score, RuleMode.Score, TimeSpan.FromSeconds(0.5)), (smtp.Spf, smtp.ReverseMissing, smtp.GreetDelay));
        foreach (var listener in SmtpListener.All.Where(listener => listener != SmtpListener.Smtp))
        {
            var options = From(listener);
            Assert.All([options.Spf, options.EarlyCommands, options.HeloSyntax, options.HeloOurName, options.HeloUnresolved, options.ReverseMissing, options.ReverseUnconfirmed],
                mode => Assert.Equal(RuleMode.Off, mode));
            // Servers of our own, which hand over by LMTP, have no limits either.
            Assert.Equal((TimeSpan.Zero, listener.IsLmtp ? 0 : smtp.ConnectionsPerMinute), (options.GreetDelay, options.ConnectionsPerMinute));
        }
    }

    [Fact]
    public void A_listeners_own_setting_wins_over_that_of_all()
    {
        (string, string)[] settings =
        [
            ("Ingress:Policy:Spf", "Reject"), ("Ingress:Submission:Policy:Spf", "score"),
            ("Ingress:Policy:MessageRate", "100/minute"), ("Ingress:Submissions:Policy:MessageRate", "none"),
            ("Ingress:Policy:GreetDelay", "00:00:02"), ("Ingress:Smtp:Policy:GreetDelay", "0"),
        ];
        var (smtp, submission, submissions) = (From(SmtpListener.Smtp, settings), From(SmtpListener.Submission, settings), From(SmtpListener.Submissions, settings));
        Assert.Equal([RuleMode.Reject, RuleMode.Score, RuleMode.Reject], [smtp.Spf, submission.Spf, submissions.Spf]);
        Assert.Equal([new Rate(100, TimeSpan.FromMinutes(1)), new Rate(100, TimeSpan.FromMinutes(1)), null], new[] { smtp.MessageRate, submission.MessageRate, submissions.MessageRate });
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)], [smtp.GreetDelay, submission.GreetDelay, submissions.GreetDelay]);
    }

    [Fact]
    public void What_is_set_for_all_throttles_no_server_of_ours()
    {
        var lmtp = From(SmtpListener.Lmtp, ("Ingress:Policy:DomainRecipientRate", "7/minute"), ("Ingress:Policy:GreetDelay", "00:00:02"), ("Ingress:Policy:Spf", "reject"));
        Assert.Equal((null, TimeSpan.Zero, RuleMode.Off), (lmtp.DomainRecipientRate, lmtp.GreetDelay, lmtp.Spf));
        Assert.Equal("7/minute", From(SmtpListener.Lmtp, ("Ingress:Lmtp:Policy:DomainRecipientRate", "7/minute")).DomainRecipientRate.ToString());
    }

    [Fact]
    public void Every_setting_is_read()
    {
        var options = From(
            SmtpListener.Smtp,
            ("Ingress:Policy:AllowNetworks", "192.0.2.0/24"), ("Ingress:Policy:DenyNetworks", "198.51.100.0/24"), ("Ingress:Policy:DenyText", "Go away"),
            ("Ingress:Policy:ConnectionsPerMinute", "1"), ("Ingress:Policy:NetworkConnectionsPerMinute", "2"), ("Ingress:Policy:NetworkConnections", "3"),
            ("Ingress:Policy:RecipientRate", "4/second"), ("Ingress:Policy:AccountMessageRate", "5/hour"), ("Ingress:Policy:AccountRecipientRate", "6/day"),
            ("Ingress:Policy:DomainRecipientRate", "7/minute"), ("Ingress:Policy:EarlyCommands", "off"), ("Ingress:Policy:HeloSyntax", "reject"),
            ("Ingress:Policy:HeloOurName", "reject"), ("Ingress:Policy:HeloUnresolved", "reject"), ("Ingress:Policy:ReverseMissing", "reject"),
            ("Ingress:Policy:ReverseUnconfirmed", "off"), ("Ingress:Policy:DnsLists", "bl.example=3"), ("Ingress:Policy:DnsListThreshold", "0"),
            ("Ingress:Policy:DnsTimeout", "00:00:07"), ("Ingress:Policy:TarpitDelay", "00:00:00"), ("Ingress:Policy:MaxUnknownRecipients", "9"));
        Assert.True(options.AllowNetworks.Contains(IPAddress.Parse("192.0.2.1")) && options.DenyNetworks.Contains(IPAddress.Parse("198.51.100.1")));
        Assert.Equal("Go away", options.DenyText);
        Assert.Equal([1, 2, 3, 0, 9], [options.ConnectionsPerMinute, options.NetworkConnectionsPerMinute, options.NetworkConnections, options.DnsListThreshold, options.MaxUnknownRecipients]);
        Assert.Equal(["4/second", "5/hour", "6/day", "7/minute"],
            new[] { options.RecipientRate, options.AccountMessageRate, options.AccountRecipientRate, options.DomainRecipientRate }.Select(rate => rate.ToString()));
        Assert.All([options.HeloSyntax, options.HeloOurName, options.HeloUnresolved, options.ReverseMissing], mode => Assert.Equal(RuleMode.Reject, mode));
        Assert.All([options.EarlyCommands, options.ReverseUnconfirmed], mode => Assert.Equal(RuleMode.Off, mode));
        Assert.Equal(("bl.example", TimeSpan.FromSeconds(7), TimeSpan.Zero), (Assert.Single(options.DnsLists).Name, options.DnsTimeout, options.TarpitDelay));
    }

    [Theory]
    [InlineData("Ingress:Policy:Spf", "maybe", "off, score or reject")]
    [InlineData("Ingress:Smtp:Policy:Spf", "maybe", "off, score or reject")]
    [InlineData("Ingress:Policy:MessageRate", "100", "a rate such as 100/minute")]
    [InlineData("Ingress:Policy:GreetDelay", "00:02:00", "up to 00:01:00")]
    [InlineData("Ingress:Policy:GreetDelay", "5", "a span of time")]
    [InlineData("Ingress:Policy:DnsLists", "bl.example=heavy", "DNS lists such as")]
    [InlineData("Ingress:Policy:DenyNetworks", "here", "networks such as")]
    [InlineData("Ingress:Policy:ConnectionsPerMinute", "-1", "a whole number")]
    public void A_wrong_value_is_named(string key, string value, string takes)
    {
        var wrong = Assert.Throws<SettingException>(() => From(SmtpListener.Smtp, (key, value)));
        Assert.All([SettingException.NameOf(key), $"'{value}'", takes], part => Assert.Contains(part, wrong.Message, StringComparison.Ordinal));
    }

    private static PolicyOptions From(SmtpListener listener, params (string Key, string Value)[] settings) => PolicyOptions.From(
        new Settings(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(pair => pair.Key, pair => (string?)pair.Value)).Build()), listener);
}
