using MailMesh.Blobs;
using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.3.11 APPEND, answered with APPENDUID (RFC 4315 §3). The message goes to the blob store as it arrives.</summary>
internal sealed record AppendCommand(string Mailbox, FlagList Flags, DateTimeOffset? InternalDate, LiteralMarker Message) : IImapCommand
{
    private static readonly Completion NoMailbox = Completion.No("No such mailbox", "TRYCREATE");

    private static readonly Completion NoSelect = Completion.No("Mailbox holds no messages", "CANNOT");

    private static readonly Completion Empty = Completion.No("Message is empty", "CANNOT");

    private static readonly Completion TooBig = Completion.No("Message is too large", "TOOBIG");

    /// <summary>The message has been asked for and read.</summary>
    public bool IsMessageTaken { get; private set; }

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        var mailbox = MailboxName.Parse(ref scanner);
        scanner.ExpectSpace();
        var flags = FlagList.None;
        if (scanner.Ahead == '(')
        {
            flags = FlagList.ParseList(ref scanner);
            scanner.ExpectSpace();
        }
        DateTimeOffset? date = null;
        if (scanner.Ahead == '"')
        {
            date = ImapDate.ParseDateTime(ref scanner);
            scanner.ExpectSpace();
        }
        if (!scanner.TakeLastLiteralMarker(out var message))
            scanner.Fail("Message expected, as a literal");
        return new AppendCommand(mailbox, flags, date, message);
    }

    /// <summary>True for the start of an APPEND that ends with the marker of its message.</summary>
    public static bool IsMessageAhead(ReadOnlySpan<byte> octets)
    {
        var scanner = new ImapScanner(octets);
        _ = scanner.Tag();
        if (!scanner.TakeWord(" APPEND "))
            return false;
        return ParsedCommand.Parse(octets).Command is AppendCommand;
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        if (Message.Octets > session.Server.Options.MaxAppendBytes)
            return TooBig;
        if (Message.Octets == 0)
            return Empty;
        if (await session.Backend.Access.FindAsync(session.Identity, Mailbox) is not { } mailbox)
            return NoMailbox;
        if (!mailbox.May(MailboxRights.Insert))
            return mailbox.May(MailboxRights.Lookup) ? Completion.NoPermission : NoMailbox;
        if (mailbox.Mailbox.NoSelect)
            return NoSelect;
        IsMessageTaken = true;
        if (!Message.NonSynchronizing)
        {
            session.Writer.Write("+ Ready for the message\r\n"u8);
            await session.Writer.FlushAsync();
        }
        await using var blob = session.Backend.Blobs.Create();
        var failure = await TakeMessageAsync(session, blob);
        if (!await session.Reader.EndOfCommandAsync())
            return Completion.Bad("Unexpected argument");
        return failure is null
            ? await StoreAsync(session, mailbox, blob)
            : Refuse(session, failure);
    }

    /// <summary>Reads the whole message, so that the connection stays in step, also where the store cannot take it.</summary>
    private async ValueTask<IOException?> TakeMessageAsync(ImapSession session, BlobWriter blob)
    {
        IOException? failure = null;
        await session.Reader.CopyLiteralAsync(Message.Octets, async octets =>
        {
            if (failure is not null)
                return;
            try
            {
                await blob.WriteAsync(octets);
            }
            catch (IOException full)
            {
                failure = full;
            }
        });
        return failure;
    }

    private async ValueTask<Completion> StoreAsync(ImapSession session, ReachedMailbox reached, BlobWriter blob)
    {
        string reference;
        try
        {
            reference = await blob.CompleteAsync();
        }
        catch (IOException failure)
        {
            return Refuse(session, failure);
        }
        try
        {
            // RFC 4314 §4: flags that could not be set there are left out.
            var settable = SettableFlags.By(reached.Rights);
            var mailbox = reached.Mailbox;
            var keywords = Flags.Keywords.Count == 0 || !settable.Keywords ? null : string.Join(' ', Flags.Keywords);
            var appended = await session.Backend.Store.AppendAsync(
                mailbox.Id, new NewMessage(reference, Message.Octets, Flags.System & settable.System, keywords, InternalDate));
            if (session.View is { } view && view.MailboxId == mailbox.Id)
                await view.RefreshAsync();
            return Completion.Ok("Append completed", $"APPENDUID {appended.UidValidity} {appended.Uid}");
        }
        catch (MailboxException refused)
        {
            return Completion.ForTarget(refused);
        }
    }

    private static Completion Refuse(ImapSession session, IOException failure)
    {
        ImapLog.StoreFailed(session.Server.Log, failure, nameof(AppendCommand), session.Connection.Remote);
        return Completion.Unavailable;
    }
}
