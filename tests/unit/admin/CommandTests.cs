using System.Text.Json;
using MailMesh.Accounts;
using MailMesh.Cli;
using MailMesh.Contracts;
using MailMesh.Outbound;
using MailMesh.Scheduled;
using MailMesh.Tracking;
using Microsoft.Extensions.DependencyInjection;

namespace MailMesh.Unit.Tests.Admin;

/// <summary>The verbs of mailmesh against the admin API.</summary>
public sealed class CommandTests(AdminServer server) : IClassFixture<AdminServer>
{
    [Fact]
    public async Task Domains_are_added_once_listed_and_removed()
    {
        Assert.Contains("one.test", await server.ExpectAsync("domain add ONE.test"), StringComparison.Ordinal);
        await server.RefuseAsync(ExitCode.Refused, "domain add one.test", "exists already");
        await server.RefuseAsync(ExitCode.Refused, "domain add not..a..domain", "no domain name");
        Assert.Contains("one.test", await server.ExpectAsync("domain list"), StringComparison.Ordinal);
        await server.ExpectAsync("domain remove one.test");
        await server.RefuseAsync(ExitCode.Refused, "domain remove one.test", "no domain");
    }

    [Fact]
    public async Task A_domain_with_accounts_goes_only_when_that_is_said()
    {
        await server.ExpectAsync("domain add full.test");
        await server.ExpectAsync("account add a@full.test --password secret-1");
        await server.ExpectAsync("alias add sales@full.test a@full.test");
        await server.RefuseAsync(ExitCode.Refused, "domain remove full.test", "--with-accounts");
        var gone = await server.ExpectAsync("domain remove full.test --with-accounts --json");
        using var json = JsonDocument.Parse(gone);
        Assert.Equal(1, json.RootElement.GetProperty("accounts").GetInt32());
        Assert.Equal(1, json.RootElement.GetProperty("aliases").GetInt32());
        await server.RefuseAsync(ExitCode.Refused, "account show a@full.test", "no account");
    }

    [Fact]
    public async Task Accounts_live_through_their_verbs_and_show_no_password()
    {
        await server.ExpectAsync("domain add people.test");
        await server.RefuseAsync(ExitCode.Usage, "account add a@people.test", "--password-stdin");
        await server.RefuseAsync(ExitCode.Refused, "account add a@strangers.test --password secret-2", "not ours");
        var added = await server.ExpectAsync("account add A@people.test --password-stdin --name Anna --json", "secret-3\n");
        Assert.DoesNotContain("secret-3", added, StringComparison.Ordinal);
        Assert.DoesNotContain("argon2", added, StringComparison.Ordinal);
        await server.RefuseAsync(ExitCode.Refused, "account add a@people.test --password secret-4", "exists already");
        await server.ExpectAsync("account disable a@people.test");
        Assert.Contains("disabled", await server.ExpectAsync("account show a@people.test"), StringComparison.Ordinal);
        await server.ExpectAsync("account enable a@people.test");
        await server.ExpectAsync("account passwd a@people.test --password-stdin", "secret-5\n");
        Assert.Contains("Anna", await server.ExpectAsync("account list --domain people.test"), StringComparison.Ordinal);
        await server.ExpectAsync("account remove a@people.test");
        await server.RefuseAsync(ExitCode.Refused, "account passwd a@people.test --password x", "no account");
    }

    [Fact]
    public async Task Bans_are_added_for_a_time_or_for_good_listed_and_removed()
    {
        Assert.Contains("192.0.2.25 is banned until removed", await server.ExpectAsync("bans add 192.0.2.25 --reason spam"), StringComparison.Ordinal);
        Assert.Contains("2001:db8:1:2::/64", await server.ExpectAsync("bans add 2001:db8:1:2::77 --for 01:00:00"), StringComparison.Ordinal);
        Assert.Contains("198.51.100.0/24", await server.ExpectAsync("bans add 198.51.100.7/24 --json"), StringComparison.Ordinal);
        await server.ExpectAsync("bans add Guessed@Example.org");
        var list = await server.ExpectAsync("bans list");
        foreach (var subject in (string[])["192.0.2.25", "2001:db8:1:2::/64", "198.51.100.0/24", "guessed@example.org", "spam"])
            Assert.Contains(subject, list, StringComparison.Ordinal);
        await server.RefuseAsync(ExitCode.Refused, "bans add 198.51.100.0/33", "no network");
        await server.RefuseAsync(ExitCode.Refused, "bans add nonsense", "no account");
        await server.RefuseAsync(ExitCode.Usage, "bans add 192.0.2.1 --for 30", "span of time");
        await server.ExpectAsync("bans remove 198.51.100.0/24");
        await server.RefuseAsync(ExitCode.Refused, "bans remove 198.51.100.0/24", "not banned");
    }

    [Fact]
    public async Task Relay_clients_are_added_listed_and_removed()
    {
        Assert.Contains("No", await server.ExpectAsync("client list"), StringComparison.Ordinal);
        Assert.Contains(
            "198.51.100.0/24 may send to anybody as noreply@example.org, 500 messages a day",
            await server.ExpectAsync("client add 198.51.100.7/24 --sender noreply@example.org --quota 500 --description printers"), StringComparison.Ordinal);
        Assert.Contains("\"messagesPerDay\"", await server.ExpectAsync("client add 2001:db8::25 --json"), StringComparison.Ordinal);
        var list = await server.ExpectAsync("client list");
        foreach (var part in (string[])["198.51.100.0/24", "noreply@example.org", "500", "printers", "2001:db8::25/128", "no limit"])
            Assert.Contains(part, list, StringComparison.Ordinal);
        await server.RefuseAsync(ExitCode.Refused, "client add 198.51.100.0/24", "already");
        await server.RefuseAsync(ExitCode.Refused, "client add 0.0.0.0/0", "open relay");
        await server.RefuseAsync(ExitCode.Refused, "client add 192.0.2.1 --sender nobody", "no address");
        await server.RefuseAsync(ExitCode.Refused, "client add 192.0.2.1 --quota 0", "no number of messages");
        Assert.Contains("no longer", await server.ExpectAsync("client remove 198.51.100.0/24"), StringComparison.Ordinal);
        await server.ExpectAsync("client remove 2001:db8::25");
        await server.RefuseAsync(ExitCode.Refused, "client remove 198.51.100.0/24", "no relay client");
    }

    [Fact]
    public async Task Grants_are_added_listed_and_removed()
    {
        await server.ExpectAsync("domain add grants.test");
        await server.ExpectAsync("account add a@grants.test --password-stdin", "secret-7\n");
        Assert.Contains("a@grants.test may send as team@partner.test", await server.ExpectAsync("grant add a@grants.test Team@partner.test"), StringComparison.Ordinal);
        await server.ExpectAsync("grant add a@grants.test @grants.test");
        Assert.Equal(2, Items(await server.ExpectAsync("grant list --account a@grants.test --json")));
        Assert.Contains("@grants.test", await server.ExpectAsync("grant list"), StringComparison.Ordinal);
        await server.RefuseAsync(ExitCode.Refused, "grant add a@grants.test @strangers.test", "not ours");
        await server.RefuseAsync(ExitCode.Refused, "grant add b@grants.test x@grants.test", "no account");
        await server.RefuseAsync(ExitCode.Refused, "grant add a@grants.test @grants.test", "already");
        Assert.Contains("no longer", await server.ExpectAsync("grant remove a@grants.test @grants.test"), StringComparison.Ordinal);
        await server.RefuseAsync(ExitCode.Refused, "grant remove a@grants.test @grants.test", "not granted");
    }

    [Fact]
    public async Task Application_passwords_are_made_listed_and_removed()
    {
        await server.ExpectAsync("domain add devices.test");
        await server.ExpectAsync("account add a@devices.test --password-stdin", "secret-7\n");
        Assert.Contains("opens a@devices.test for 'Phone'", await server.ExpectAsync("app-password add A@devices.test Phone"), StringComparison.Ordinal);
        await server.RefuseAsync(ExitCode.Refused, "app-password add a@devices.test Phone", "already");
        await server.RefuseAsync(ExitCode.Refused, "app-password add b@devices.test Phone", "no account");
        Assert.Contains("never", await server.ExpectAsync("app-password list a@devices.test"), StringComparison.Ordinal);
        Assert.Equal(1, Items(await server.ExpectAsync("app-password list a@devices.test --json")));
        Assert.Contains("no longer", await server.ExpectAsync("app-password remove a@devices.test Phone"), StringComparison.Ordinal);
        await server.RefuseAsync(ExitCode.Refused, "app-password remove a@devices.test Phone", "no password");
        await server.RefuseAsync(ExitCode.Refused, "account reset-second-factor a@devices.test", "second factor");
    }

    [Fact]
    public async Task Quotas_are_set_shown_and_lifted()
    {
        await server.ExpectAsync("domain add quota.test");
        await server.ExpectAsync("account add a@quota.test --password-stdin", "secret-8\n");
        Assert.Contains("any number of octets, any number of messages", await server.ExpectAsync("account show a@quota.test"), StringComparison.Ordinal);
        Assert.Contains("1000000 octets, any number", await server.ExpectAsync("account quota a@quota.test --octets 1000000"), StringComparison.Ordinal);
        Assert.Contains("1000000 octets, 500 messages", await server.ExpectAsync("account quota a@quota.test --messages 500"), StringComparison.Ordinal);
        Assert.Contains("any number of octets, 500 messages", await server.ExpectAsync("account quota a@quota.test --octets 0"), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(await server.ExpectAsync("account quota a@quota.test --messages 7 --json"));
        Assert.Equal(7, json.RootElement.GetProperty("quotaMessages").GetInt64());
        await server.RefuseAsync(ExitCode.Usage, "account quota a@quota.test", "--octets");
        await server.RefuseAsync(ExitCode.Refused, "account quota a@quota.test --messages=-1", "from 0");
        await server.RefuseAsync(ExitCode.Refused, "account quota b@quota.test --messages 1", "no account");
    }

    [Fact]
    public async Task Rights_in_mailboxes_are_given_listed_and_taken()
    {
        await server.ExpectAsync("domain add rights.test");
        await server.ExpectAsync("account add a@rights.test --password-stdin", "secret-8\n");
        await server.ExpectAsync("account add b@rights.test --password-stdin", "secret-8\n");
        Assert.Contains("b@rights.test has the rights lrs in INBOX", await server.ExpectAsync("mailbox rights set a@rights.test INBOX B@rights.test slr"), StringComparison.Ordinal);
        await server.ExpectAsync("mailbox rights set a@rights.test INBOX anyone l");
        Assert.Equal(3, Items(await server.ExpectAsync("mailbox rights list a@rights.test INBOX --json"))); // the owner among them
        Assert.Contains("anyone", await server.ExpectAsync("mailbox rights list a@rights.test inbox"), StringComparison.Ordinal);
        Assert.Contains("no rights", await server.ExpectAsync("mailbox rights remove a@rights.test INBOX anyone"), StringComparison.Ordinal);
        await server.RefuseAsync(ExitCode.Refused, "mailbox rights remove a@rights.test INBOX anyone", "no rights there");
        await server.RefuseAsync(ExitCode.Refused, "mailbox rights remove a@rights.test INBOX a@rights.test", "owner");
        await server.RefuseAsync(ExitCode.Refused, "mailbox rights set a@rights.test INBOX b@rights.test lz", "letters");
        await server.RefuseAsync(ExitCode.Refused, "mailbox rights set a@rights.test INBOX c@rights.test l", "no account");
        await server.RefuseAsync(ExitCode.Refused, "mailbox rights set a@rights.test nowhere b@rights.test l", "no mailbox");
        await server.RefuseAsync(ExitCode.Refused, "mailbox rights list a@rights.test a//b", "no mailbox");
    }

    [Fact]
    public async Task Standalone_has_no_error_queues_and_says_so()
    {
        Assert.Contains("Nothing waits", await server.ExpectAsync("errors list"), StringComparison.Ordinal);
        Assert.Equal("[]", (await server.ExpectAsync("errors list --json")).Trim());
        await server.RefuseAsync(ExitCode.Refused, "errors show 1", "the spool tries again");
        await server.RefuseAsync(ExitCode.Refused, "errors retry 1", "the spool tries again");
        await server.RefuseAsync(ExitCode.Usage, "errors delete", "--all");
        await server.RefuseAsync(ExitCode.Usage, "errors delete 1 --all", "--all");
        Assert.Contains("0 messages", await server.ExpectAsync("errors retry --all"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Aliases_have_several_targets_and_lose_them_one_by_one()
    {
        await server.ExpectAsync("domain add alias.test");
        await server.ExpectAsync("alias add info@alias.test one@elsewhere.test");
        await server.ExpectAsync("alias add info@alias.test two@elsewhere.test");
        await server.ExpectAsync("alias add @alias.test three@elsewhere.test");
        Assert.Equal(3, Items(await server.ExpectAsync("alias list --domain alias.test --json")));
        Assert.Contains("two@elsewhere.test", await server.ExpectAsync("alias remove info@alias.test two@elsewhere.test"), StringComparison.Ordinal);
        await server.ExpectAsync("alias remove @alias.test");
        Assert.Equal(1, Items(await server.ExpectAsync("alias list --domain alias.test --json")));
        await server.RefuseAsync(ExitCode.Refused, "alias add info@strangers.test a@b.test", "not ours");
    }

    [Fact]
    public async Task Routes_take_a_password_and_never_give_it_back()
    {
        var added = await server.ExpectAsync("route add route.test [2001:db8::25]:2525 --user u --password-stdin --json", "secret-6\n");
        Assert.DoesNotContain("secret-6", added, StringComparison.Ordinal);
        var listed = await server.ExpectAsync("route list");
        Assert.Contains("[2001:db8::25]:2525", listed, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-6", listed, StringComparison.Ordinal);
        await server.RefuseAsync(ExitCode.Refused, "route add route.test other.test:25", "already");
        await server.RefuseAsync(ExitCode.Usage, "route add x.test host", "HOST:PORT");
        await server.RefuseAsync(ExitCode.Usage, "route add x.test host:25 --user u", "--password-stdin");
        await server.ExpectAsync("route remove route.test");
        await server.RefuseAsync(ExitCode.Refused, "route remove route.test", "no route");
    }

    [Fact]
    public async Task Scheduled_mail_is_the_operators_and_its_senders()
    {
        const string Id = "00000000000000000000000000000042";
        await server.ExpectAsync("domain add later.test");
        await server.ExpectAsync("account add a@later.test --password secret-8");
        await server.ExpectAsync("account add b@later.test --password secret-9");
        await HoldAsync(Id, "a@later.test");
        Assert.Contains(Id, await server.ExpectAsync("scheduled list"), StringComparison.Ordinal);
        Assert.Contains("Nothing is scheduled", await server.ExpectAsync("scheduled list --account b@later.test"), StringComparison.Ordinal);
        await server.RefuseAsync(ExitCode.Refused, "scheduled list --account c@later.test", "no account");
        Assert.Contains("A letter", await server.ExpectAsync("scheduled list --user a@later.test --password-stdin", "secret-8\n"), StringComparison.Ordinal);
        await server.RefuseAsync(ExitCode.Refused, "scheduled list --user a@later.test --password-stdin", "does not take this user", "secret-9\n");
        await server.RefuseAsync(ExitCode.Usage, "scheduled list --user a@later.test", "--password-stdin");
        await server.RefuseAsync(ExitCode.Refused, $"scheduled cancel {Id} --user b@later.test --password-stdin", "waits", "secret-9\n");
        Assert.Contains("goes now", await server.ExpectAsync($"scheduled send {Id} --user a@later.test --password-stdin", "secret-8\n"), StringComparison.Ordinal);
        Assert.Contains("will not be sent", await server.ExpectAsync($"scheduled cancel {Id}"), StringComparison.Ordinal); // nothing releases here
        await server.RefuseAsync(ExitCode.Refused, $"scheduled send {Id}", "waits");
    }

    [Theory]
    [InlineData("/api/v1/me/scheduled")]
    [InlineData("/api/v1/scheduled")]
    public async Task Scheduled_mail_is_shown_to_nobody_else(string path)
    {
        using var bare = await server.Http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, bare.StatusCode);
        Assert.NotEmpty(bare.Headers.WwwAuthenticate);
        using var nonsense = new HttpRequestMessage(HttpMethod.Get, path);
        nonsense.Headers.TryAddWithoutValidation("Authorization", "Basic %%%");
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await server.Http.SendAsync(nonsense)).StatusCode);
    }

    [Fact]
    public async Task Lists_longer_than_a_page_come_whole()
    {
        await server.ExpectAsync("domain add pages.test");
        for (var i = 0; i < 12; i++)
            await server.ExpectAsync($"alias add a{i:00}@pages.test t@elsewhere.test");
        var seen = new List<string>();
        string? after = null;
        do
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/aliases?domain=pages.test&limit=5{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}");
            request.Headers.Authorization = new("Bearer", server.Token);
            using var page = JsonDocument.Parse(await (await server.Http.SendAsync(request)).Content.ReadAsStringAsync());
            seen.AddRange(page.RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("source").GetString()!));
            after = page.RootElement.GetProperty("next").GetString();
        }
        while (after is not null);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"a{i:00}@pages.test"), seen);
    }

    [Fact]
    public async Task The_queue_obeys()
    {
        var id = Guid.NewGuid().ToString("N");
        await server.Services.GetRequiredService<OutboundQueue>().EnqueueAsync([Relay(id, "one@far.test", "two@far.test")]);
        Assert.Contains("one@far.test", await server.ExpectAsync("queue list --domain far.test"), StringComparison.Ordinal);
        Assert.Equal(2, Items(await server.ExpectAsync($"queue show {id} --json")));
        Assert.Contains("2 entries are held", await server.ExpectAsync($"queue hold {id}"), StringComparison.Ordinal);
        await server.RefuseAsync(ExitCode.Refused, $"queue hold {id}", "is held");
        Assert.Equal(2, Items(await server.ExpectAsync("queue list --state held --json")));
        await server.ExpectAsync($"queue release {id}");
        await server.RefuseAsync(ExitCode.Refused, $"queue release {id}", "is waiting");
        await server.ExpectAsync($"queue hold {id}");
        await server.ExpectAsync($"queue retry {id}");
        await server.ExpectAsync($"queue delete {id}");
        await server.RefuseAsync(ExitCode.Refused, $"queue show {id}", "Nothing waits");
        await server.RefuseAsync(ExitCode.Refused, "queue show what", "neither");
        await server.RefuseAsync(ExitCode.Refused, "queue list --state odd", "waiting, sending, held or failed");
    }

    [Fact]
    public async Task A_trace_tells_the_story_in_order_and_drives_no_terminal()
    {
        var id = Guid.NewGuid().ToString("N");
        var tracking = server.Services.GetRequiredService<TrackingLog>();
        tracking.Record(new TrackingEvent { MessageId = id, Service = "ingress", Event = "received", Detail = new Dictionary<string, string> { ["from"] = "evil\u001b[2J@far.test" } });
        tracking.Record(new TrackingEvent { MessageId = id, Service = "storage", Event = "delivered", Recipient = "bob@one.test", Detail = new Dictionary<string, string> { ["mailbox"] = "INBOX" } });
        await tracking.FlushAsync();
        var story = await server.ExpectAsync($"trace {id.ToUpperInvariant()}");
        Assert.DoesNotContain('\u001b', story);
        Assert.True(story.IndexOf("received", StringComparison.Ordinal) < story.IndexOf("delivered", StringComparison.Ordinal), story);
        Assert.Contains("bob@one.test: delivered", story, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(await server.ExpectAsync($"trace {id} --json"));
        Assert.Equal("INBOX", json.RootElement.GetProperty("events")[1].GetProperty("detail").GetProperty("mailbox").GetString());
        Assert.Contains(id, await server.ExpectAsync("search --from FAR.test --to bob@one.test"), StringComparison.Ordinal);
        Assert.DoesNotContain(id, await server.ExpectAsync("search --to carol@one.test"), StringComparison.Ordinal);
        await server.RefuseAsync(ExitCode.Refused, $"trace {Guid.NewGuid():N}", "is known");
        await server.RefuseAsync(ExitCode.Refused, "trace 12", "32 hexadecimal digits");
    }

    [Fact]
    public async Task Status_says_what_the_server_is()
    {
        var status = await server.ExpectAsync("status");
        Assert.Contains("mx.mesh.test", status, StringComparison.Ordinal);
        Assert.Contains(server.Data, status, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("domain add")]
    [InlineData("domain list --odd")]
    [InlineData("domain add a.test b.test")]
    public async Task A_wrong_command_line_is_a_usage_error(string command) => await server.RefuseAsync(ExitCode.Usage, command, "--help");

    [Fact]
    public async Task Errors_are_json_too_where_that_is_asked_for()
    {
        var (code, _, error) = await server.RunAsync("domain remove nowhere.test --json");
        Assert.Equal(ExitCode.Refused, code);
        using var json = JsonDocument.Parse(error);
        Assert.Equal(404, json.RootElement.GetProperty("status").GetInt32());
    }

    private static int Items(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetArrayLength();
    }

    private async Task HoldAsync(string id, string address)
    {
        var account = await server.Services.GetRequiredService<AccountDirectory>().ResolveAsync(address);
        var message = new MessageReceived
        {
            MessageId = id,
            Envelope = new Envelope { ReversePath = address, ForwardPaths = ["friend@elsewhere.test"] },
            Body = "blob",
            SizeBytes = 12,
            Connection = new ConnectionEvidence { RemoteAddress = "192.0.2.1", Helo = "c", Listener = "submissions", AuthenticatedAs = address },
            ReceivedAt = DateTimeOffset.UtcNow,
        };
        await server.Services.GetRequiredService<ScheduledMail>().HoldAsync(
            message, Assert.IsType<AddressResolution.LocalAccount>(account).AccountId, "A letter", DateTimeOffset.UtcNow.AddDays(1));
    }

    private static RelayMessage Relay(string id, params string[] recipients) => new()
    {
        MessageId = id,
        ReversePath = "a@one.test",
        Recipients = [.. recipients.Select(r => new RemoteRecipient { Address = r, ForwardPath = r })],
        Body = "none",
        SizeBytes = 1,
        HeaderPrefix = "",
        ReceivedAt = DateTimeOffset.UtcNow,
    };
}
