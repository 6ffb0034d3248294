using System.Reflection;
using System.Text.Json;
using MailMesh.AdminApi;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

/// <summary>The verbs of mailmesh.</summary>
public static class CommandLine
{
    /// <summary>Runs one command; gives the exit code of <see cref="ExitCode"/>.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, Terminal terminal)
    {
        var json = args.Contains("--json");
        var app = new CommandApp();
        app.Configure(config =>
        {
            config.SetApplicationName("mailmesh");
            config.SetApplicationVersion(Version);
            config.ConfigureConsole(terminal.Console);
            config.UseStrictParsing();
            config.SetExceptionHandler((failure, _) => Report(failure, terminal, json));
            AddVerbs(config, terminal);
        });
        using var interrupted = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true;
            interrupted.Cancel();
        };
        return await app.RunAsync(GlobalOptions.MoveToEnd(args), interrupted.Token);
    }

    /// <summary>Version of this program, as the server reports its own.</summary>
    public static string Version =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    private static void AddVerbs(IConfigurator config, Terminal terminal)
    {
        void Branch(string name, string description, Action<Verbs> add) => config.AddBranch(name, branch =>
        {
            branch.SetDescription(description);
            add(new Verbs(branch, terminal));
        });

        Branch("domain", "Domains whose mail is ours", verbs => verbs
            .Add<NameSettings>("add", "Add a domain", DomainVerbs.AddAsync)
            .Add<ServerSettings>("list", "List domains", DomainVerbs.ListAsync)
            .Add<DomainRemoval>("remove", "Remove a domain; says what goes with it", DomainVerbs.RemoveAsync));
        Branch("account", "Accounts: mailboxes and credentials", verbs => verbs
            .Add<NewAccountSettings>("add", "Add an account", AccountVerbs.AddAsync)
            .Add<AccountFilter>("list", "List accounts", AccountVerbs.ListAsync)
            .Add<AddressSettings>("show", "Show an account and its mailboxes", AccountVerbs.ShowAsync)
            .Add<PasswordSettings>("passwd", "Set an account's password", AccountVerbs.SetPasswordAsync)
            .Add<QuotaSettings>("quota", "Limit what an account's mailboxes hold together", AccountVerbs.SetQuotaAsync)
            .Add<AddressSettings>("enable", "Let an account log in again", AccountVerbs.EnableAsync)
            .Add<AddressSettings>("disable", "Keep an account from logging in and receiving; its mail stays", AccountVerbs.DisableAsync)
            .Add<AddressSettings>("reset-second-factor", "Turn an account's second factor off, for whoever lost the authenticator", AccountVerbs.ResetSecondFactorAsync)
            .Add<AddressSettings>("remove", "Remove an account and its mail; says what goes with it", AccountVerbs.RemoveAsync));
        Branch("app-password", "Passwords of single devices and programs of an account", verbs => verbs
            .Add<AppPasswordSettings>("add", "Make one, and show it once", AppPasswordVerbs.AddAsync)
            .Add<AddressSettings>("list", "List those of an account", AppPasswordVerbs.ListAsync)
            .Add<AppPasswordSettings>("remove", "Let a device in no longer", AppPasswordVerbs.RemoveAsync));
        config.AddBranch("mailbox", mailbox =>
        {
            mailbox.SetDescription("Mailboxes of accounts");
            mailbox.AddBranch("rights", branch =>
            {
                branch.SetDescription("What others may do with a mailbox");
                new Verbs(branch, terminal)
                    .Add<MailboxSettings>("list", "List who may do what", MailboxRightsVerbs.ListAsync)
                    .Add<NewRightsSettings>("set", "Give somebody these rights and no others", MailboxRightsVerbs.SetAsync)
                    .Add<RightsHolderSettings>("remove", "Take somebody's rights away", MailboxRightsVerbs.RemoveAsync);
            });
        });
        Branch("alias", "Addresses that stand for others", verbs => verbs
            .Add<AliasSettings>("add", "Send mail for FROM to TO; @DOMAIN for everything else in a domain", AliasVerbs.AddAsync)
            .Add<AliasFilter>("list", "List aliases", AliasVerbs.ListAsync)
            .Add<AliasRemoval>("remove", "Remove an alias, or one of its targets", AliasVerbs.RemoveAsync));
        Branch("route", "Servers that take the mail of a domain in place of its MX hosts", verbs => verbs
            .Add<NewRouteSettings>("add", "Hand over a domain's mail to HOST:PORT; '*' for every domain without a route", RouteVerbs.AddAsync)
            .Add<ServerSettings>("list", "List routes", RouteVerbs.ListAsync)
            .Add<NameSettings>("remove", "Remove a route", RouteVerbs.RemoveAsync));
        Branch("queue", "Mail that waits for other servers", verbs => verbs
            .Add<QueueFilter>("list", "List waiting mail, the next due first", QueueVerbs.ListAsync)
            .Add<QueueTarget>("show", "Show what waits for one message or entry", QueueVerbs.ShowAsync)
            .Add<QueueTarget>("retry", "Try again now, held mail too", QueueVerbs.RetryAsync)
            .Add<QueueTarget>("hold", "Do not try until released", QueueVerbs.HoldAsync)
            .Add<QueueTarget>("release", "Let held mail go on", QueueVerbs.ReleaseAsync)
            .Add<QueueTarget>("delete", "Delete without a notice to the sender", QueueVerbs.DeleteAsync));
        Branch("scheduled", "Submitted mail that waits for the moment its sender chose", verbs => verbs
            .Add<ScheduledFilter>("list", "List scheduled mail, the next to go first", ScheduledVerbs.ListAsync)
            .Add<ScheduledTarget>("cancel", "Do not send it", ScheduledVerbs.CancelAsync)
            .Add<ScheduledTarget>("send", "Send it now", ScheduledVerbs.SendAsync));
        Branch("bans", "Networks and accounts that are kept out, for failed logins or by you", verbs => verbs
            .Add<ServerSettings>("list", "List who is banned", BanVerbs.ListAsync)
            .Add<NewBanSettings>("add", "Ban a network or an account", BanVerbs.AddAsync)
            .Add<BanSettings>("remove", "Let a network or an account in again, and forget its failures", BanVerbs.RemoveAsync));
        Branch("client", "Devices and programs that may send to anybody without authentication", verbs => verbs
            .Add<NewClientSettings>("add", "Let a network's devices send", ClientVerbs.AddAsync)
            .Add<ServerSettings>("list", "List who may", ClientVerbs.ListAsync)
            .Add<ClientSettings>("remove", "Let a network's devices send no longer", ClientVerbs.RemoveAsync));
        Branch("grant", "Addresses that accounts may send with beside their own", verbs => verbs
            .Add<GrantSettings>("add", "Let an account send as an address, or as any of @DOMAIN", GrantVerbs.AddAsync)
            .Add<GrantFilter>("list", "List grants", GrantVerbs.ListAsync)
            .Add<GrantSettings>("remove", "Let an account send as an address no longer", GrantVerbs.RemoveAsync));
        Branch("errors", "What services of a mesh could not process", verbs => verbs
            .Add<ErrorFilter>("list", "List what waits in error queues, the oldest first", ErrorVerbs.ListAsync)
            .Add<ErrorTarget>("show", "Show one whole: its headers, the fault among them, and its body", ErrorVerbs.ShowAsync)
            .Add<ErrorSelection>("retry", "Hand one, or all, to the queue they came from", ErrorVerbs.RetryAsync)
            .Add<ErrorSelection>("delete", "Delete one, or all, for good", ErrorVerbs.DeleteAsync));
        var top = new Verbs(config, terminal);
        top.Add<TraceSettings>("trace", "Tell the story of a message by the id that its 250 reply shows", TraceVerb.RunAsync);
        top.Add<SearchSettings>("search", "Find messages by sender, recipient and time", SearchVerb.RunAsync);
        top.Add<ServerSettings>("status", "Show what the server is and holds", StatusVerb.RunAsync);
        top.Add<ServerSettings>("doctor", "Check the server and say what to do", Doctor.RunAsync);
    }

    private static int Report(Exception failure, Terminal terminal, bool json)
    {
        var (code, problem) = failure switch
        {
            CommandException known => (known.ExitCode, known.Problem),
            CommandAppException wrong => (ExitCode.Usage, CommandException.Usage(wrong.Message).Problem),
            OperationCanceledException => (ExitCode.Refused, new Problem("about:blank", "Interrupted", 0, "Interrupted.")),
            _ => (ExitCode.Refused, new Problem("about:blank", "Failed", 0, failure.Message)),
        };
        terminal.Error.WriteLine(json ? JsonSerializer.Serialize(problem, AdminJson.Default.Problem) : $"mailmesh: {problem.Detail}");
        if (code == ExitCode.Usage && !json)
            terminal.Error.WriteLine("See: mailmesh --help");
        return code;
    }
}
