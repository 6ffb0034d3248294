using System.Data.Common;
using System.Diagnostics;
using MailMesh.Accounts;
using MailMesh.Blobs;
using MailMesh.Database;
using MailMesh.Mailstore;
using MailMesh.Wire;

namespace MailMesh.Access.Imap;

/// <summary>One client's IMAP session: reads commands, checks that they are legal, runs them, and tells the news of the selected mailbox.</summary>
internal sealed class ImapSession : IAsyncDisposable
{
    private readonly CancellationToken _stopping;
    private readonly string? _address;
    private string? _countedAccount;
    private Func<ValueTask>? _afterReply;
    private CommandProgress? _progress;
    private int _badInRow;
    private int _failedInRow;
    private long _flushed;

    /// <summary>Octets of a literal that is on its way though the session has ended.</summary>
    private long _comes;

    public ImapSession(ImapServer server, WireConnection connection, CancellationToken stopping)
    {
        Server = server;
        Connection = connection;
        _stopping = stopping;
        Writer = new ImapWriter(connection, server.Options.TransferTimeout, Enabled);
        Reader = new CommandReader(connection, Writer, server.Options);
        connection.MaxDroppedOctets = ImapOptions.MaxEndlessOctets;
        IsExempt = server.IsExempt(connection);
        if (IsExempt)
            return;
        var address = ClientNetwork.Of(connection.Remote.Address).ToString();
        if (server.PerAddress.TryEnter(address))
            _address = address;
    }

    public ImapServer Server { get; }

    public ImapBackend Backend => Server.Backend;

    public WireConnection Connection { get; }

    public ImapWriter Writer { get; }

    public CommandReader Reader { get; }

    public SessionState State { get; private set; } = new SessionState.NotAuthenticated();

    public EnabledExtensions Enabled { get; } = new();

    /// <summary>The client is in a network that needs no TLS and knows no delays.</summary>
    public bool IsExempt { get; }

    /// <summary>RFC 3501 §11.2: a password may be sent here.</summary>
    public bool MayLogIn => Connection.IsTls || IsExempt;

    public int FailedLogins { get; set; }

    /// <summary>Of the command that runs.</summary>
    public string Tag { get; private set; } = "";

    /// <summary>RFC 9585: what the client hears of the command that runs, when it takes long.</summary>
    public CommandProgress Progress => _progress ??= new CommandProgress(Writer, Server.Clock, Tag);

    public CancellationToken Stopping => _stopping;

    /// <summary>Does something once the tagged reply of the command is written, as STARTTLS has to.</summary>
    public void AfterReply(Func<ValueTask> action) => _afterReply = action;

    /// <summary>The account; only in states that have one.</summary>
    public AuthenticatedAccount Account => State switch
    {
        SessionState.Authenticated authenticated => authenticated.Account,
        SessionState.Selected selected => selected.Account,
        _ => throw new UnreachableException("The command table lets no such command through."),
    };

    /// <summary>The account as the mailbox library knows it; only in states that have one.</summary>
    public MailboxReader Identity => new(Account.Id, Account.Address);

    /// <summary>The selected mailbox, or null.</summary>
    public MailboxView? View => (State as SessionState.Selected)?.View;

    /// <summary>The selected mailbox; only for commands of the selected state.</summary>
    public MailboxView SelectedView => View ?? throw new UnreachableException("The command table lets no such command through.");

    /// <summary>Serves the client until it or we end the session.</summary>
    /// <exception cref="IOException">The client went.</exception>
    public async Task RunAsync()
    {
        try
        {
            await GreetAsync();
            while (State is not SessionState.Logout && !Connection.IsOutputClosed)
            {
                if (!Connection.HasBufferedInput())
                    await PauseAsync();
                if (State is SessionState.Logout)
                    break;
                if (Server.Clock.GetElapsedTime(_flushed) > ImapOptions.ReplyDelay)
                    await FlushAsync();
                await ServeAsync(await Reader.ReadAsync(Patience, _stopping));
                await Writer.FlushIfLargeAsync();
            }
        }
        catch (ClientTimeoutException)
        {
            await ByeAsync("Autologout: silent for too long");
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            await ByeAsync("Server is going down", "UNAVAILABLE");
        }
        if (!Connection.IsOutputClosed)
            await Writer.FlushAsync();
        if (_comes > 0)
            await Reader.LingerAsync(_comes);
    }

    /// <summary>RFC 5465: what the client asked to hear of; null where it asked nothing.</summary>
    public NotifySubscription? Notify { get; private set; }

    /// <summary>What the client hears of from now on, in place of what it asked for before.</summary>
    public void Subscribe(NotifySubscription? subscription)
    {
        Notify?.Dispose();
        Notify = subscription;
    }

    /// <summary>RFC 3501 §7.1.5: says why the session ends, and ends it.</summary>
    public async ValueTask ByeAsync(string text, string? code = null)
    {
        // Within a reply that could not be completed any text would be taken for part of it: the cut says it all.
        if (!Writer.InReply)
            Writer.Untagged(code is null ? $"BYE {text}" : $"BYE [{code}] {text}");
        await UnselectAsync();
        State = new SessionState.Logout();
    }

    /// <summary>Enters the authenticated state; false at the account's limit of sessions.</summary>
    public bool TryEnter(AuthenticatedAccount account)
    {
        if (!Server.PerAccount.TryEnter(account.Address))
            return false;
        _countedAccount = account.Address;
        State = new SessionState.Authenticated(account);
        return true;
    }

    /// <summary>RFC 8437: back to where the session began; what the user enabled, asked to hear of or selected is forgotten.</summary>
    public async ValueTask LeaveAccountAsync()
    {
        await UnselectAsync();
        Subscribe(null);
        Enabled.Clear();
        State = new SessionState.NotAuthenticated();
        if (_countedAccount is not null)
            Server.PerAccount.Leave(_countedAccount);
        _countedAccount = null;
    }

    public void Select(MailboxView view) => State = new SessionState.Selected(Account, view);

    /// <summary>
    /// RFC 7162 §3.1: the client is told of MODSEQs from now on. The first command that asks for them with a mailbox selected has
    /// that of the mailbox for an answer, before all others.
    /// </summary>
    public void BecomeCondStoreAware()
    {
        if (Enabled.CondStore)
            return;
        Enabled.Add(Extension.CondStore);
        View?.TellModSeq(Writer);
    }

    /// <summary>Back to the authenticated state; nothing is expunged or told.</summary>
    public async ValueTask UnselectAsync()
    {
        if (State is not SessionState.Selected selected)
            return;
        State = new SessionState.Authenticated(selected.Account);
        await selected.View.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Reader.Release();
        Notify?.Dispose();
        await UnselectAsync();
        if (_address is not null)
            Server.PerAddress.Leave(_address);
        if (_countedAccount is not null)
            Server.PerAccount.Leave(_countedAccount);
    }

    /// <summary>The client has nothing in store for us: it gets what is written, and the news that it asked for until it sends more.</summary>
    private async ValueTask PauseAsync()
    {
        await Writer.FlushAsync();
        if (Notify is not { IsAwake: true })
            return;
        Reader.Release();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stopping);
        var input = Connection.WaitForInputAsync(Patience, ended.Token);
        try
        {
            await Notify.TellUntilAsync(this, input, inIdle: false, ended.Token);
            if (View is { IsDeleted: true })
                await ByeAsync("Mailbox was deleted");
            else if (!Connection.IsOutputClosed)
                await input;
        }
        finally
        {
            await ended.CancelAsync();
            await input.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>RFC 5267 §4.3: what searches that are kept up to date have to tell; while the store is away they wait.</summary>
    public async ValueTask TellContextsAsync(MailboxView view)
    {
        try
        {
            await view.TellContextsAsync(this);
        }
        catch (Exception failure) when (DatabaseFaults.IsPassing(failure) || failure is DbException or BlobException or BlobUnavailableException or TimeoutException)
        {
            ImapLog.StoreFailed(Server.Log, failure, nameof(SearchContexts), Connection.Remote);
        }
    }

    private TimeSpan Patience => State is SessionState.NotAuthenticated ? Server.Options.LoginTimeout : Server.Options.IdleTimeout;

    private ValueTask FlushAsync()
    {
        _flushed = Server.Clock.GetTimestamp();
        return Writer.FlushAsync();
    }

    private async ValueTask GreetAsync()
    {
        if (!IsExempt && _address is null)
            await ByeAsync("Too many connections from your address", "LIMIT");
        else if (await Backend.Logins.RefusesAsync(Connection.Remote.Address))
            await ByeAsync("Too many failed logins; try again later", "UNAVAILABLE");
        else
            Writer.Untagged($"OK [CAPABILITY {CapabilityCommand.Of(this)}] {Server.Hostname} MailMesh IMAP ready");
    }

    private async ValueTask ServeAsync(CommandInput input)
    {
        switch (input.Kind)
        {
            case CommandInputKind.End:
                await UnselectAsync();
                State = new SessionState.Logout();
                break;
            case CommandInputKind.Complete:
                await ServeAsync(ParsedCommand.Parse(input.Octets.Span, Writer.IsUtf8));
                break;
            case CommandInputKind.MessageAhead:
                await ServeMessageAsync(ParsedCommand.Parse(input.Octets.Span, Writer.IsUtf8));
                break;
            default:
                var refusal = await RefusalOfAsync(input);
                if (State is not SessionState.Logout)
                    await RefuseAsync(ParsedCommand.TagOf(input.Octets.Span), refusal);
                break;
        }
    }

    /// <summary>What is wrong with input that is no command, or no further line of one; says BYE where nothing else can follow.</summary>
    /// <exception cref="EndOfStreamException">The client went.</exception>
    public async ValueTask<Completion> RefusalOfAsync(CommandInput input)
    {
        switch (input.Kind)
        {
            case CommandInputKind.LiteralTooLarge:
                return Completion.Bad("Literal is too large", "TOOBIG");
            case CommandInputKind.LineTooLong:
                return Completion.Bad("Line is too long", "TOOBIG");
            case CommandInputKind.LineEndless:
                await ByeAsync("Line is too long", "TOOBIG");
                return Completion.Bad("Line is too long", "TOOBIG");
            case CommandInputKind.LiteralComes:
                await ByeToLiteralAsync("Literal is too large", ImapOptions.MaxDiscardedOctets);
                return Completion.Bad("Literal is too large", "TOOBIG");
            default:
                throw new EndOfStreamException("The client went within a command.");
        }
    }

    private async ValueTask ServeAsync(ParsedCommand parsed)
    {
        if (parsed.Command is null || parsed.Rule is not { } rule)
        {
            await RefuseAsync(parsed.Tag, Completion.Bad(parsed.Error ?? "Command is not well-formed"));
            return;
        }
        if ((rule.States & State.Kind) == 0)
        {
            await RefuseAsync(parsed.Tag, Completion.Bad($"{parsed.Name} is not allowed in the {State.Kind} state"));
            return;
        }
        if (Enabled.UidOnly && CommandTable.UsesSequenceNumbers(parsed.Name))
        {
            await RefuseAsync(parsed.Tag, Completion.UidRequired);
            return;
        }
        Tag = parsed.Tag!;
        _progress = null;
        var started = Stopwatch.GetTimestamp();
        var completion = await RunAsync(parsed.Command, rule);
        if (State is SessionState.Selected selected)
            await TellNewsAsync(selected.View, rule);
        ImapMetrics.Command(parsed.Name, completion.Status, started);
        if (completion.Status == CompletionStatus.Bad)
        {
            await RefuseAsync(parsed.Tag, completion);
            return;
        }
        _badInRow = 0;
        Writer.Tagged(parsed.Tag!, completion);
        await CountAsync(completion);
        if (_afterReply is { } afterReply)
        {
            _afterReply = null;
            await afterReply();
        }
    }

    /// <summary>A message is on its way unless the command took it: what does not wait for our word has to be read away.</summary>
    private async ValueTask ServeMessageAsync(ParsedCommand parsed)
    {
        await ServeAsync(parsed);
        if (parsed.Command is not IMessageCommand { Unread: { } unread } || State is SessionState.Logout)
            return;
        // RFC 7888 §4: what is too large for us is too large to be read only to be dropped.
        if (unread.NonSynchronizing && unread.Octets > Server.Options.MaxAppendBytes)
            await ByeToLiteralAsync("Message is too large", unread.Octets);
        else
            await Reader.DiscardCommandAsync(unread);
    }

    private ValueTask ByeToLiteralAsync(string text, long octets)
    {
        _comes = octets;
        return ByeAsync(text, "TOOBIG");
    }

    private async ValueTask RefuseAsync(string? tag, Completion completion)
    {
        Writer.Tagged(tag ?? "*", completion);
        if (++_badInRow >= ImapOptions.MaxBadCommands)
            await ByeAsync("Too many bad commands");
        else
            await CountAsync(Completion.Bad(""));
    }

    /// <summary>A client that only ever fails has lost its way, or looks for one that is not its own.</summary>
    private async ValueTask CountAsync(Completion completion)
    {
        _failedInRow = completion.Status == CompletionStatus.Ok ? 0 : _failedInRow + 1;
        if (_failedInRow >= ImapOptions.MaxFailedCommands && State is not SessionState.Logout)
            await ByeAsync("Too many failed commands");
    }

    private async ValueTask<Completion> RunAsync(IImapCommand command, CommandRule rule)
    {
        try
        {
            // RFC 4314: rights in a mailbox of another user can go while it is selected.
            if (View is { } view && !await view.RefreshRightsAsync(this, rule.Needs))
                return Completion.NoPermission;
            return await command.RunAsync(this);
        }
        catch (MailboxException refused) when (!Writer.InReply)
        {
            return Completion.From(refused);
        }
        catch (Exception failure) when ((DatabaseFaults.IsPassing(failure) || failure is DbException or BlobException or BlobUnavailableException or TimeoutException) && !Writer.InReply)
        {
            ImapLog.StoreFailed(Server.Log, failure, command.GetType().Name, Connection.Remote);
            return Completion.Unavailable;
        }
        catch (Exception failure) when (Writer.InReply && failure is BlobException or BlobUnavailableException or not (IOException or OperationCanceledException))
        {
            // The reply cannot be completed: only a cut tells the client so.
            ImapLog.ReplyBroken(Server.Log, failure, command.GetType().Name, Connection.Remote);
            throw new IOException("A reply could not be completed.", failure);
        }
        catch (Exception failure) when (failure is not (IOException or OperationCanceledException))
        {
            ImapLog.CommandFailed(Server.Log, failure, command.GetType().Name, Connection.Remote);
            return Completion.ServerBug;
        }
    }

    private async ValueTask TellNewsAsync(MailboxView view, CommandRule rule)
    {
        view.Update(Writer, rule.Updates, rule.WithUid);
        await TellContextsAsync(view);
        if (rule.Updates != UpdateRule.All)
            view.TellModSeqHeldBack(Writer);
        if (view.IsDeleted)
            await ByeAsync("Mailbox was deleted");
    }
}
