using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using MailMesh.Testing;

namespace MailMesh.Chaos.Tests.Mesh;

/// <summary>Reads one mailbox again and again, by one access copy and the other, and remembers which UID had which message.</summary>
internal sealed partial class UidWatcher(string account, Func<IReadOnlyList<MeshProcess>> copies)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<(string UidValidity, long Uid), string> _seen = [];
    private readonly List<string> _wrong = [];

    /// <summary>UIDs seen so far.</summary>
    public int Seen => _seen.Count;

    /// <summary>UIDs that had two messages, one line each (RFC 3501 §2.3.1.1: a UID never changes its message).</summary>
    public IReadOnlyList<string> Wrong => _wrong;

    public async Task RunAsync(CancellationToken stopping)
    {
        for (var turn = 0; !stopping.IsCancellationRequested; turn++)
        {
            try
            {
                await LookAsync(copies()[turn % copies().Count]);
            }
            catch (Exception away) when (away is IOException or SocketException or InvalidOperationException or InvalidDataException or TimeoutException)
            {
                // That copy has been killed, or its engines are away: the next look goes to another.
            }
            await Task.Delay(Pause, stopping).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Compares what a mailbox holds at the end with what was seen.</summary>
    public void Compare(LedgerMailbox mailbox)
    {
        foreach (var (uid, id) in mailbox.Uids.Zip(mailbox.Ids))
            Note(mailbox.UidValidity, uid, id);
        var held = mailbox.Uids.ToHashSet();
        _wrong.AddRange(_seen.Where(entry => !held.Contains(entry.Key.Uid)).Select(entry => $"{account}: UID {entry.Key.Uid} was {entry.Value}, and is gone."));
    }

    private async Task LookAsync(MeshProcess access)
    {
        await using var imap = await ImapWire.LoginAsync(access, account);
        imap.Patience = TimeSpan.FromSeconds(30);
        var validity = UidValidityCode().Match((await imap.CommandAsync("EXAMINE INBOX")).Expect("OK").All).Groups[1].Value;
        // From a little before the end: what came last is where two copies could differ.
        var from = Math.Max(1, _seen.Keys.Where(key => key.UidValidity == validity).Select(key => key.Uid).DefaultIfEmpty(0).Max() - 100);
        var answer = (await imap.CommandAsync($"UID FETCH {from}:* (UID BODY.PEEK[HEADER.FIELDS (X-LEDGER)])")).Expect("OK");
        foreach (var response in answer.Untagged.Where(response => response.Literals.Count == 1))
            Note(validity, long.Parse(UidItem().Match(response.Text).Groups[1].Value, CultureInfo.InvariantCulture), Encoding.ASCII.GetString(response.Literals[0]).Trim()["X-Ledger: ".Length..]);
    }

    private void Note(string validity, long uid, string id)
    {
        if (!_seen.TryAdd((validity, uid), id) && _seen[(validity, uid)] != id)
            _wrong.Add($"{account}: UID {uid} was {_seen[(validity, uid)]} and then {id}.");
    }

    [GeneratedRegex(@"UIDVALIDITY (\d+)")]
    private static partial Regex UidValidityCode();

    [GeneratedRegex(@"UID (\d+)")]
    private static partial Regex UidItem();
}
