using System.Diagnostics;
using System.Text;
using MailMesh.Testing;
using Xunit.Abstractions;

namespace MailMesh.Chaos.Tests;

/// <summary>Memory does not grow with the size of messages.</summary>
public sealed class MemoryTests(ITestOutputHelper output)
{
    private const string Account = "large@mesh.test";
    private const int Connections = 200;
    private const int MebibytesEach = 25;

    /// <summary>200 messages of 25 MiB are 5 GiB; the server may use a fraction of it: about 4 MiB a connection above what it needs when idle.</summary>
    private const long BudgetBytes = 900L * 1024 * 1024;

    [Fact]
    public async Task Two_hundred_messages_of_25_MiB_at_once_stay_within_the_budget()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { Accounts = [Account] });
        var connections = new List<SmtpWire>();
        var watch = Stopwatch.StartNew();
        try
        {
            for (var i = 0; i < Connections; i++)
            {
                var smtp = await SmtpWire.GreetAsync(server.Ports.Smtp);
                smtp.Patience = TimeSpan.FromMinutes(10);
                connections.Add(smtp);
                (await smtp.CommandAsync("MAIL FROM:<sender@client.example>")).Expect(250);
                (await smtp.CommandAsync($"RCPT TO:<{Account}>")).Expect(250);
                (await smtp.CommandAsync("DATA")).Expect(354);
            }
            var replies = await Task.WhenAll(connections.Select(SendAsync));
            output.WriteLine($"sent in {watch.Elapsed.TotalSeconds:F0} s, peak {ProcessUse.Of(server.ProcessId).PeakResidentBytes >> 20} MiB");
            Assert.All(replies, reply => reply.Expect(250));
        }
        finally
        {
            foreach (var smtp in connections)
                await smtp.DisposeAsync();
        }
        await server.SettleAsync(TimeSpan.FromMinutes(5));
        await using var imap = await ImapWire.LoginAsync(server, Account);
        Assert.Equal(Connections, await imap.CountAsync());
        (await imap.CommandAsync("EXAMINE INBOX")).Expect("OK");
        var tail = (await imap.CommandAsync($"FETCH {Connections} BODY.PEEK[TEXT]<{MebibytesEach * Mebibyte.Length - 64}.64>")).Expect("OK").Literal;
        Assert.Equal(Mebibyte[^64..], tail);
        var peak = ProcessUse.Of(server.ProcessId).PeakResidentBytes;
        output.WriteLine($"read in {watch.Elapsed.TotalSeconds:F0} s, peak {peak >> 20} MiB");
        Assert.True(peak < BudgetBytes, $"The server had {peak >> 20} MiB resident at its peak, more than {BudgetBytes >> 20}.");
    }

    private static byte[] Mebibyte { get; } = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 16384).Select(i => $"{i:D6} {new string((char)('a' + i % 26), 55)}\r\n")));

    private static async Task<SmtpReply> SendAsync(SmtpWire smtp, int number)
    {
        await smtp.SendAsync($"From: sender@client.example\r\nSubject: Large {number}\r\nX-Ledger: large-{number}\r\n\r\n");
        for (var i = 0; i < MebibytesEach; i++)
            await smtp.SendAsync(Mebibyte);
        await smtp.SendAsync(".\r\n");
        return await smtp.ReadReplyAsync();
    }
}
