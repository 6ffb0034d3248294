using System.Globalization;
using System.Text.RegularExpressions;
using MailMesh.Protocol.Tests.Imap;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Imap;

/// <summary>How much of RFC 7162 a client speaks; and one that speaks RFC 9051 too.</summary>
internal enum ClientDialect
{
    Plain,
    CondStore,
    QResync,
    Rev2,
}

/// <summary>What a client knows of its selected mailbox, from untagged replies alone, with the rules of RFC 3501 §7.4.1 and RFC 7162 enforced.</summary>
internal sealed partial class ImapClientModel(ScriptedSession session, ClientDialect dialect = ClientDialect.Plain)
{
    private int _tag;

    /// <summary>The highest MODSEQ that came since the last tagged reply, and the last that a HIGHESTMODSEQ code told.</summary>
    private long _read;
    private long? _told;

    /// <summary>What EXISTS of a SELECT said; counted in once VANISHED (EARLIER) has said which of the kept messages are gone.</summary>
    private int? _exists;

    public ClientDialect Dialect => dialect;

    /// <summary>By sequence number less one: the UID and flags, as far as they were told.</summary>
    public List<KnownMessage> Messages { get; private set; } = [];

    public long UidValidity { get; private set; }

    /// <summary>RFC 7162 §6: the MODSEQ at which the client knows the mailbox.</summary>
    public long HighestModSeq { get; private set; }

    /// <summary>Logs in and enables what the dialect needs.</summary>
    public async Task LogInAsync(string user)
    {
        Assert.StartsWith("OK", await RunAsync($"LOGIN {user} \"{ImapWorld.Password}\""), StringComparison.Ordinal);
        if (dialect != ClientDialect.Plain)
            Assert.StartsWith("OK", await RunAsync(dialect == ClientDialect.Rev2 ? "ENABLE QRESYNC IMAP4rev2" : $"ENABLE {dialect}"), StringComparison.Ordinal);
    }

    /// <summary>Selects INBOX, from what was kept of an earlier session where that one knew of QRESYNC.</summary>
    public async Task SelectAsync(ImapClientModel? earlier = null)
    {
        var isResuming = KnowsVanished && earlier?.HighestModSeq > 0;
        var command = isResuming ? $"SELECT INBOX (QRESYNC ({earlier!.UidValidity} {earlier.HighestModSeq}))" : "SELECT INBOX";
        // Past a message of unknown UID nothing says at which sequence number the others are.
        Messages = isResuming ? [.. earlier!.Messages.TakeWhile(m => m.Uid is not null).Select(m => new KnownMessage { Uid = m.Uid, Flags = m.Flags })] : [];
        Assert.StartsWith("OK", await RunAsync(command), StringComparison.Ordinal);
    }

    /// <summary>Sends a command and takes its replies; gives the tagged one.</summary>
    public async Task<string> RunAsync(string command)
    {
        var tag = $"t{_tag++}";
        Messages.ForEach(message => message.IsTold = false);
        (_read, _told) = (0, null);
        var named = SilentStore().Match(command) is { Success: true } store ? Numbers(store.Groups["set"].Value) : []; // * means what it means now
        await session.SendAsync($"{tag} {command}\r\n");
        while (true)
        {
            var line = await ReadReplyAsync(command);
            if (line.StartsWith(tag + " ", StringComparison.Ordinal))
            {
                CountIn();
                ApplySilently(command, named, line);
                TakeHighest(line);
                return line[(tag.Length + 1)..];
            }
            Take(line, command);
        }
    }

    /// <summary>Asks for the UIDs and flags of everything; the model must agree with each answer.</summary>
    public async Task VerifyAsync()
    {
        await RunAsync("NOOP");
        if (Messages.Count == 0)
            return;
        Assert.StartsWith("OK", await RunAsync("FETCH 1:* (UID FLAGS)"), StringComparison.Ordinal);
    }

    /// <summary>RFC 7162 §6: a code that tells a MODSEQ counts, and else the highest that was read.</summary>
    private void TakeHighest(string tagged)
    {
        TakeCode(tagged);
        HighestModSeq = _told ?? Math.Max(HighestModSeq, _read);
    }

    private void TakeCode(string line)
    {
        if (HighestCode().Match(line) is { Success: true } code)
            _told = long.Parse(code.Groups[1].Value, CultureInfo.InvariantCulture);
        if (UidValidityCode().Match(line) is { Success: true } validity)
            UidValidity = long.Parse(validity.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>After STORE .SILENT a client takes its own change for done, where it was told nothing else (RFC 3501 §6.4.6).</summary>
    private void ApplySilently(string command, SortedSet<long> named, string reply)
    {
        if (SilentStore().Match(command) is not { Success: true } store || !reply.Contains(" OK", StringComparison.Ordinal))
            return;
        var refused = Modified().Match(reply) is { Success: true } modified ? Numbers(modified.Groups[1].Value) : [];
        foreach (var number in named.Except(refused))
        {
            if (Messages[(int)number - 1] is { IsTold: false, Flags: { } flags } message)
                message.Flags = Applied(flags, store.Groups["sign"].Value, store.Groups["flags"].Value);
        }
    }

    /// <summary>The numbers of a set that are in the mailbox.</summary>
    private SortedSet<long> Numbers(string set)
    {
        var numbers = new SortedSet<long>();
        foreach (var range in set.Split(','))
        {
            var ends = Array.ConvertAll(range.Split(':'), end => end == "*" ? Messages.Count : int.Parse(end, CultureInfo.InvariantCulture));
            for (var number = Math.Max(1, ends.Min()); number <= Math.Min(ends.Max(), Messages.Count); number++)
                numbers.Add(number);
        }
        return numbers;
    }

    private static string Applied(string flags, string sign, string change)
    {
        var names = flags.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var changed = change.Split(' ');
        return string.Join(' ', (sign switch
        {
            "+" => names.Union(changed),
            "-" => names.Except(changed),
            _ => changed,
        }).Order(StringComparer.Ordinal));
    }

    /// <summary>A whole reply, without the octets of its literals.</summary>
    private async Task<string> ReadReplyAsync(string command)
    {
        var reply = "";
        while (true)
        {
            reply += await session.ReadLineAsync() ?? throw new IOException($"The server closed within '{command}'.");
            if (Literal().Match(reply) is not { Success: true } literal)
                return reply;
            await session.ReadOctetsAsync(int.Parse(literal.Groups[1].Value, CultureInfo.InvariantCulture));
            reply = reply[..literal.Index];
        }
    }

    private bool KnowsVanished => dialect is ClientDialect.QResync or ClientDialect.Rev2;

    private void Take(string line, string command)
    {
        if (dialect == ClientDialect.Rev2)
            Assert.DoesNotMatch(ForbiddenInRev2(), line);
        TakeCode(line);
        if (Vanished().Match(line) is { Success: true } vanished)
        {
            TakeVanished(vanished.Groups["uids"].Value, vanished.Groups["earlier"].Success, command);
            return;
        }
        var reply = Reply().Match(line);
        if (!reply.Success)
            return;
        var number = int.Parse(reply.Groups["number"].Value, CultureInfo.InvariantCulture);
        switch (reply.Groups["word"].Value)
        {
            case "EXISTS":
                _exists = number;
                if (!command.StartsWith("SELECT", StringComparison.Ordinal))
                    CountIn();
                break;
            case "EXPUNGE":
                Assert.False(KnowsVanished);
                Assert.False(ForbidsExpunge().IsMatch(command), $"EXPUNGE within '{command}'");
                Assert.InRange(number, 1, Messages.Count);
                Messages.RemoveAt(number - 1);
                break;
            case "FETCH":
                CountIn();
                TakeFetch(number, line);
                break;
        }
    }

    private void CountIn()
    {
        Assert.True(_exists is null || _exists >= Messages.Count, $"of {Messages.Count} messages {_exists} exist");
        while (Messages.Count < _exists)
            Messages.Add(new KnownMessage());
        _exists = null;
    }

    private void TakeVanished(string set, bool isEarlier, string command)
    {
        Assert.True(KnowsVanished);
        var isSelect = command.StartsWith("SELECT", StringComparison.Ordinal);
        if (isEarlier)
            Assert.True(isSelect || command.Contains("VANISHED", StringComparison.Ordinal), $"VANISHED (EARLIER) within '{command}'");
        else
            Assert.False(isSelect || ForbidsExpunge().IsMatch(command), $"VANISHED within '{command}'");
        foreach (var range in set.Split(','))
        {
            var ends = Array.ConvertAll(range.Split(':'), end => long.Parse(end, CultureInfo.InvariantCulture));
            for (var uid = ends[0]; uid <= ends[^1]; uid++)
                TakeVanished(uid, isEarlier, isSelect);
        }
    }

    private void TakeVanished(long uid, bool isEarlier, bool isSelect)
    {
        var known = Messages.FindIndex(m => m.Uid == uid);
        if (isEarlier && isSelect)
        {
            Messages.RemoveAll(m => m.Uid == uid);
        }
        else if (isEarlier)
        {
            Assert.True(known < 0, $"VANISHED (EARLIER) of {uid}, which still counts");
        }
        else
        {
            if (known < 0)
                known = Unknown(uid);
            Assert.True(known >= 0, $"VANISHED of {uid}, of which nothing was told");
            Messages.RemoveAt(known);
        }
    }

    /// <summary>Index of a message of unknown UID that can have this one. Which of several it is nobody can say, so what is known of them is worth nothing.</summary>
    private int Unknown(long uid)
    {
        var after = Messages.FindIndex(m => m.Uid > uid);
        var last = after < 0 ? Messages.Count - 1 : after - 1;
        if (last < 0 || Messages[last].Uid is not null)
            return -1;
        for (var i = last; i >= 0 && Messages[i].Uid is null; i--)
            Messages[i].Flags = null;
        return last;
    }

    private void TakeFetch(int number, string line)
    {
        var uid = Uid().Match(line) is { Success: true } found ? long.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : (long?)null;
        Assert.InRange(number, 1, Messages.Count);
        var message = Messages[number - 1];
        if (uid is not null)
        {
            Assert.True(message.Uid is null || message.Uid == uid, $"a sequence number changed its message: {line}");
            message.Uid = uid;
        }
        if (ModSeq().Match(line) is { Success: true } modSeq)
        {
            Assert.NotEqual(ClientDialect.Plain, dialect);
            _read = Math.Max(_read, long.Parse(modSeq.Groups[1].Value, CultureInfo.InvariantCulture));
        }
        else
        {
            Assert.Equal(ClientDialect.Plain, dialect); // RFC 7162 §3.1: in every FETCH reply
        }
        if (Flags().Match(line) is not { Success: true } flags)
            return;
        message.IsTold = true;
        message.Flags = string.Join(' ', flags.Groups[1].Value.Split(' ').Where(f => f != "\\Recent").Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^(?:FETCH|STORE|SEARCH) ")]
    private static partial Regex ForbidsExpunge();

    [GeneratedRegex(@"^\* (?<number>\d+) (?<word>[A-Z]+)")]
    private static partial Regex Reply();

    /// <summary>RFC 9051 appendix E.</summary>
    [GeneratedRegex(@"RECENT|\\Recent|\[UNSEEN|^\* SEARCH")]
    private static partial Regex ForbiddenInRev2();

    [GeneratedRegex(@"^\* VANISHED (?<earlier>\(EARLIER\) )?(?<uids>[\d,:]+)$")]
    private static partial Regex Vanished();

    [GeneratedRegex(@"^STORE (?<set>\S+) (?:\(UNCHANGEDSINCE \d+\) )?(?<sign>[+-]?)FLAGS\.SILENT \((?<flags>[^)]*)\)$")]
    private static partial Regex SilentStore();

    [GeneratedRegex(@"\[MODIFIED ([\d,:]+)\]")]
    private static partial Regex Modified();

    [GeneratedRegex(@" OK \[HIGHESTMODSEQ (\d+)\]")]
    private static partial Regex HighestCode();

    [GeneratedRegex(@" OK \[UIDVALIDITY (\d+)\]")]
    private static partial Regex UidValidityCode();

    [GeneratedRegex(@"\{(\d+)\}$")]
    private static partial Regex Literal();

    [GeneratedRegex(@"UID (\d+)")]
    private static partial Regex Uid();

    [GeneratedRegex(@"MODSEQ \((\d+)\)")]
    private static partial Regex ModSeq();

    [GeneratedRegex(@"FLAGS \(([^)]*)\)")]
    private static partial Regex Flags();
}

internal sealed class KnownMessage
{
    public long? Uid { get; set; }

    public string? Flags { get; set; }

    /// <summary>The server told the flags within the command that runs.</summary>
    public bool IsTold { get; set; }
}
