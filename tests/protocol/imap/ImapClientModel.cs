using System.Globalization;
using System.Text.RegularExpressions;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>What a client knows of its selected mailbox, from untagged replies alone, with the rules of RFC 3501 §7.4.1 enforced.</summary>
internal sealed partial class ImapClientModel(ScriptedSession session)
{
    private int _tag;

    /// <summary>By sequence number less one: the UID and flags, as far as they were told.</summary>
    public List<KnownMessage> Messages { get; } = [];

    /// <summary>Sends a command and takes its replies; gives the tagged one.</summary>
    public async Task<string> RunAsync(string command)
    {
        var tag = $"t{_tag++}";
        Messages.ForEach(message => message.IsTold = false);
        await session.SendAsync($"{tag} {command}\r\n");
        var mayExpunge = !ForbidsExpunge().IsMatch(command);
        while (true)
        {
            var line = await ReadReplyAsync(command);
            if (line.StartsWith(tag + " ", StringComparison.Ordinal))
            {
                ApplySilently(command, line);
                return line[(tag.Length + 1)..];
            }
            Take(line, mayExpunge, command);
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

    /// <summary>After STORE .SILENT a client takes its own change for done, where it was told nothing else (RFC 3501 §6.4.6).</summary>
    private void ApplySilently(string command, string reply)
    {
        if (SilentStore().Match(command) is not { Success: true } store || !reply.Contains(" OK", StringComparison.Ordinal))
            return;
        var ends = Array.ConvertAll(store.Groups["set"].Value.Split(':'), end => end == "*" ? Messages.Count : int.Parse(end, CultureInfo.InvariantCulture));
        for (var number = Math.Max(1, ends.Min()); number <= Math.Min(ends.Max(), Messages.Count); number++)
        {
            if (Messages[number - 1] is { IsTold: false, Flags: { } flags } message)
                message.Flags = Applied(flags, store.Groups["sign"].Value, store.Groups["flags"].Value);
        }
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

    private void Take(string line, bool mayExpunge, string command)
    {
        var reply = Reply().Match(line);
        if (!reply.Success)
            return;
        var number = int.Parse(reply.Groups["number"].Value, CultureInfo.InvariantCulture);
        switch (reply.Groups["word"].Value)
        {
            case "EXISTS":
                Assert.True(number >= Messages.Count, $"EXISTS shrank within '{command}'");
                while (Messages.Count < number)
                    Messages.Add(new KnownMessage());
                break;
            case "EXPUNGE":
                Assert.True(mayExpunge, $"EXPUNGE within '{command}'");
                Assert.InRange(number, 1, Messages.Count);
                Messages.RemoveAt(number - 1);
                break;
            case "FETCH":
                Assert.InRange(number, 1, Messages.Count);
                TakeFetch(Messages[number - 1], line);
                break;
        }
    }

    private static void TakeFetch(KnownMessage message, string line)
    {
        if (Uid().Match(line) is { Success: true } uid)
        {
            var value = long.Parse(uid.Groups[1].Value, CultureInfo.InvariantCulture);
            Assert.True(message.Uid is null || message.Uid == value, $"a sequence number changed its message: {line}");
            message.Uid = value;
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

    [GeneratedRegex(@"^STORE (?<set>\S+) (?<sign>[+-]?)FLAGS\.SILENT \((?<flags>[^)]*)\)$")]
    private static partial Regex SilentStore();

    [GeneratedRegex(@"\{(\d+)\}$")]
    private static partial Regex Literal();

    [GeneratedRegex(@"UID (\d+)")]
    private static partial Regex Uid();

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
