using MailMesh.Database;
using MailMesh.Mailstore;
using MailMesh.Wire;

namespace MailMesh.Access.Imap;

/// <summary>RFC 2177 IDLE: news as it comes, until the client says DONE.</summary>
internal sealed record IdleCommand : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        _ = scanner;
        return new IdleCommand();
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        session.Writer.Write("+ idling\r\n"u8);
        session.Reader.Release();
        ImapMetrics.IdleStarted();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(session.Stopping);
        var line = session.Connection.ReadLineAsync(ImapOptions.MaxLineOctets, session.Server.Options.IdleTimeout, cancellationToken: ended.Token).AsTask();
        try
        {
            if (session.Notify is { } notify)
                await notify.TellUntilAsync(session, line, inIdle: true, ended.Token); // RFC 5465 §4: in IDLE too, what was asked for
            else if (session.View is { } view)
                await TellNewsAsync(session, view, line, ended.Token);
            else
                await session.Writer.FlushAsync();
            return await EndAsync(session, line, ended);
        }
        finally
        {
            await ended.CancelAsync();
            await line.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            ImapMetrics.IdleEnded();
        }
    }

    /// <summary>Returns when the client has said something or the mailbox is gone.</summary>
    private static async ValueTask TellNewsAsync(ImapSession session, MailboxView view, Task<WireLine> line, CancellationToken ended)
    {
        await CatchUpAsync(session, view);
        while (true)
        {
            if (await TryRefreshRightsAsync(session, view))
                view.Update(session.Writer, UpdateRule.All, withUid: false);
            else
                view.PassOver();
            await session.TellContextsAsync(view);
            if (view.IsDeleted)
                return;
            await session.Writer.FlushAsync();
            if (line.IsCompleted || ended.IsCancellationRequested || session.Connection.IsOutputClosed)
                return;
            await Task.WhenAny(line, view.WaitForChangeAsync(ended));
        }
    }

    /// <summary>RFC 4314: whoever may no longer read the mailbox hears no more of it.</summary>
    private static async ValueTask<bool> TryRefreshRightsAsync(ImapSession session, MailboxView view)
    {
        try
        {
            return await view.RefreshRightsAsync(session, MailboxRights.Read);
        }
        catch (Exception failure) when (DatabaseFaults.IsPassing(failure) || failure is TimeoutException)
        {
            ImapLog.StoreFailed(session.Server.Log, failure, nameof(IdleCommand), session.Connection.Remote);
            return false;
        }
    }

    /// <summary>A database that is away does not end IDLE: its news come when it is back.</summary>
    private static async ValueTask CatchUpAsync(ImapSession session, MailboxView view)
    {
        try
        {
            await view.RefreshAsync();
        }
        catch (Exception failure) when (DatabaseFaults.IsPassing(failure) || failure is TimeoutException)
        {
            ImapLog.StoreFailed(session.Server.Log, failure, nameof(IdleCommand), session.Connection.Remote);
        }
    }

    private static async ValueTask<Completion> EndAsync(ImapSession session, Task<WireLine> line, CancellationTokenSource ended)
    {
        if (session.View is { IsDeleted: true } || session.Connection.IsOutputClosed)
            return Completion.Ok("Idle ended");
        var said = await line;
        await ended.CancelAsync();
        if (said.Status == LineStatus.End)
        {
            await session.ByeAsync("Connection closed within IDLE");
            return Completion.Ok("Idle ended");
        }
        return said.Status == LineStatus.Complete && said.Text.Trim().Equals("DONE", StringComparison.OrdinalIgnoreCase)
            ? Completion.Ok("Idle completed")
            : Completion.Bad("DONE expected");
    }
}
