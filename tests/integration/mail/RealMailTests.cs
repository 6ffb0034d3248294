using System.Text;
using System.Text.RegularExpressions;
using MailMesh.Integration.Tests.Server;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Mail;

/// <summary>Real and malformed mail goes in by SMTP and comes back by IMAP and POP3 with every octet the same.</summary>
[Collection(SharedServerCollection.Name)]
public sealed partial class RealMailTests(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task Every_sample_comes_back_octet_for_octet_or_is_refused_for_what_it_is()
    {
        var account = await _server.NewAccountAsync("real");
        var taken = new List<Sample>();
        foreach (var sample in SampleMessages.All())
        {
            var reply = await SendAsync(account, sample);
            Assert.True(sample.MustBeRefused ? reply.Code is >= 500 and < 600 : reply.Code == 250, $"{sample} got {reply.Code} {reply.Text}");
            if (!sample.MustBeRefused)
                taken.Add(sample);
            await _server.SettleAsync(); // one at a time, so that message n is sample n
        }
        Assert.NotEmpty(taken);
        await CompareByImapAsync(account, taken);
        await CompareByPop3Async(account, taken);
        var script = Path.Combine(Repository.Root, "tests", "integration", "mail", "structure.py");
        var structure = await ExternalCommand.RunAsync(
            "/usr/bin/python3",
            [script, account, MailServer.Password, $"{_server.Ports.Imaps}"],
            environment: new Dictionary<string, string> { ["CERTIFICATE"] = Path.Combine(_server.Data, "certificate.pem") });
        Assert.Matches(@"^compared \d{2,} messages\n$", structure.Expect().Text);
    }

    private async Task<SmtpReply> SendAsync(string account, Sample sample)
    {
        await using var smtp = await SmtpWire.GreetAsync(_server.Ports.Smtp);
        (await smtp.CommandAsync("MAIL FROM:<sender@client.example> BODY=8BITMIME")).Expect(250);
        (await smtp.CommandAsync($"RCPT TO:<{account}>")).Expect(250);
        (await smtp.CommandAsync("DATA")).Expect(354);
        await smtp.SendAsync(SmtpWire.DotStuffed(sample.Octets));
        return await smtp.ReadReplyAsync();
    }

    private async Task CompareByImapAsync(string account, List<Sample> taken)
    {
        await using var imap = await ImapWire.LoginAsync(_server, account);
        (await imap.CommandAsync("EXAMINE INBOX")).Expect("OK");
        for (var i = 0; i < taken.Count; i++)
        {
            var answer = (await imap.CommandAsync($"FETCH {i + 1} (RFC822.SIZE BODY.PEEK[])")).Expect("OK");
            AssertSame(taken[i], answer.Literal, "IMAP");
            Assert.Contains($"RFC822.SIZE {answer.Literal.Length}", answer.All, StringComparison.Ordinal);
            var slice = (await imap.CommandAsync($"FETCH {i + 1} BODY.PEEK[]<10.20>")).Expect("OK");
            Assert.Equal(answer.Literal.Skip(10).Take(20), slice.Literal);
            var halves = (await imap.CommandAsync($"FETCH {i + 1} (BODY.PEEK[HEADER] BODY.PEEK[TEXT])")).Expect("OK").Untagged.SelectMany(response => response.Literals);
            AssertSplit(taken[i], answer.Literal, [.. halves.SelectMany(half => half)]);
        }
    }

    private async Task CompareByPop3Async(string account, List<Sample> taken)
    {
        await using var pop = await PopWire.LoginAsync(_server, account);
        for (var i = 0; i < taken.Count; i++)
            AssertSame(taken[i], await pop.RetrieveAsync(i + 1), "POP3");
    }

    /// <summary>What came back ends with what was sent, and what stands before are header fields of ours.</summary>
    private static void AssertSame(Sample sample, byte[] back, string protocol)
    {
        Assert.True(back.AsSpan().EndsWith(sample.Octets), $"{sample} by {protocol}: the {sample.Octets.Length} octets that were sent are not the end of the {back.Length} that came back:\n{Encoding.Latin1.GetString(back, 0, Math.Min(back.Length, 3000))}");
        var prefix = Encoding.ASCII.GetString(back, 0, back.Length - sample.Octets.Length);
        foreach (var line in prefix.Split("\r\n", StringSplitOptions.None).SkipLast(1))
            Assert.True(OwnField().IsMatch(line), $"{sample} by {protocol}: not a field of ours: '{line}'");
        Assert.Contains("Received: from client.example", prefix, StringComparison.Ordinal);
    }

    /// <summary>Header and text are all of the message, without a gap or an overlap; only a header without an empty line may get one (RFC 3501 §6.4.5).</summary>
    private static void AssertSplit(Sample sample, byte[] whole, byte[] joined) => Assert.True(
        joined.AsSpan().SequenceEqual(whole) || joined.AsSpan().SequenceEqual([.. whole, .. "\r\n"u8]),
        $"{sample}: BODY[HEADER] and BODY[TEXT] have {joined.Length} octets, BODY[] has {whole.Length}.");

    [GeneratedRegex("^([ \t].*|(Return-Path|Delivered-To|Received|Received-SPF|Authentication-Results|X-MailMesh-[A-Za-z-]+|X-Spam-[A-Za-z-]+): .*)$")]
    private static partial Regex OwnField();
}
