using System.Text;
using CsCheck;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Pop3;

/// <summary>Random sessions against what a maildrop is: a list of messages, some of them marked.</summary>
public sealed class MaildropModelTests
{
    private const int Sessions = 12;

    private enum Step
    {
        Stat,
        List,
        ListOne,
        Uidl,
        Dele,
        Rset,
        Retr,
        Top,
        Arrival,
    }

    private static readonly Gen<(Step Step, int Number)[]> Script = Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 8]).Array[5, 40];

    [Fact]
    public async Task Random_sessions_do_what_the_model_does()
    {
        var scripts = new List<((Step Step, int Number)[] Steps, bool Quits)>();
        Gen.Select(Script, Gen.Bool).Sample((steps, quits) => scripts.Add((steps, quits)), iter: Sessions, threads: 1);
        await using var home = await Pop3Home.CreateAsync();
        var stored = new List<(long Uid, string Text)>();
        for (var i = 0; i < 4; i++)
            await ArriveAsync(home, stored);
        foreach (var (steps, quits) in scripts)
            await RunAsync(home, stored, steps, quits);
    }

    private static async Task RunAsync(Pop3Home home, List<(long Uid, string Text)> stored, (Step Step, int Number)[] steps, bool quits)
    {
        var maildrop = new Model(stored, (await home.Store.Store.OpenAsync(home.AccountId, "INBOX")).Mailbox.UidValidity);
        await using (var session = home.Connect())
        {
            var script = new ProtocolScript(session);
            await script.RunAsync(Pop3Home.Login);
            foreach (var (step, number) in steps)
            {
                if (step == Step.Arrival)
                    await ArriveAsync(home, stored);
                else
                    await script.RunAsync(maildrop.Exchange(step, number));
            }
            if (quits)
                await script.RunAsync("C: QUIT\nS: +OK Goodbye\nEND");
        }
        if (quits)
            stored.RemoveAll(message => maildrop.Deleted.Contains(message.Uid));
        Assert.Equal(stored.Select(message => message.Uid), (await home.InboxAsync()).Select(message => message.Uid));
    }

    private static async Task ArriveAsync(Pop3Home home, List<(long Uid, string Text)> stored)
    {
        var text = $"Subject: {stored.Count}\n\none\n.two\n";
        await home.AppendAsync(text);
        stored.Add(((await home.InboxAsync())[^1].Uid, text));
    }

    /// <summary>A maildrop as RFC 1939 describes it.</summary>
    private sealed class Model(List<(long Uid, string Text)> stored, long uidValidity)
    {
        private readonly List<(long Uid, string Text)> _messages = [.. stored];

        public HashSet<long> Deleted { get; } = [];

        /// <summary>A command and its only right reply.</summary>
        public string Exchange(Step step, int number)
        {
            var there = number >= 1 && number <= _messages.Count && !Deleted.Contains(_messages[number - 1].Uid);
            return step switch
            {
                Step.Stat => $"C: STAT\nS: +OK {Left.Count()} {Left.Sum(Size)}",
                Step.List => Lines("LIST", i => Size(i).ToString()),
                Step.Uidl => Lines("UIDL", i => $"{uidValidity}-{_messages[i - 1].Uid}"),
                Step.Rset => Reset(),
                _ when !there => $"C: {(step == Step.ListOne ? "LIST" : step.ToString().ToUpperInvariant())} {number}{(step == Step.Top ? " 1" : "")}\nS: -ERR No such message",
                Step.ListOne => $"C: LIST {number}\nS: +OK {number} {Size(number)}",
                Step.Retr => $"C: RETR {number}\nS: +OK {Size(number)} octets\n{Text(number)}S: one\nS: ..two\nS: .",
                Step.Top => $"C: TOP {number} 1\nS: +OK …\n{Text(number)}S: one\nS: .",
                _ => Delete(number),
            };
        }

        private IEnumerable<int> Left => Enumerable.Range(1, _messages.Count).Where(i => !Deleted.Contains(_messages[i - 1].Uid));

        private int Size(int number) => _messages[number - 1].Text.Replace("\n", "\r\n", StringComparison.Ordinal).Length;

        private string Text(int number) => $"S: {_messages[number - 1].Text.Split('\n')[0]}\nS:\n";

        private string Reset()
        {
            Deleted.Clear();
            return $"C: RSET\nS: +OK {_messages.Count} messages …";
        }

        private string Delete(int number)
        {
            Deleted.Add(_messages[number - 1].Uid);
            return $"C: DELE {number}\nS: +OK Message {number} deleted";
        }

        private string Lines(string command, Func<int, string> value) =>
            Left.Aggregate(new StringBuilder($"C: {command}\nS: +OK …\n"), (lines, i) => lines.Append("S: ").Append(i).Append(' ').Append(value(i)).Append('\n')).Append("S: .").ToString();
    }
}
