using System.Text;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap.Clients;

/// <summary>An account as a client's first synchronization meets it: three messages in INBOX, the last one with an attachment.</summary>
internal static class FilledAccount
{
    private const string Attached =
        "From: Ann <ann@example.test>\r\nTo: bob@example.test\r\nSubject: third\r\nDate: Mon, 7 Feb 2022 21:52:25 -0800\r\nMessage-ID: <3@example.test>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nJVBERi0=\r\n--b--\r\n";

    /// <summary>Plays a transcript from the greeting on; {user} is the account, {plain} its SASL PLAIN response.</summary>
    public static async Task PlayAsync(ImapWorld world, string transcript)
    {
        var user = await world.NewAccountAsync();
        for (var i = 1; i <= 2; i++)
            await world.AddMessageAsync(user, $"From: Ann <ann@example.test>\r\nTo: bob@example.test\r\nSubject: number {i}\r\nDate: Mon, 7 Feb 2022 21:5{i}:25 -0800\r\nMessage-ID: <{i}@example.test>\r\n\r\nbody {i}\r\n");
        await world.AddMessageAsync(user, Attached);
        await using var session = world.Connect();
        var plain = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{ImapWorld.Password}"));
        await new ProtocolScript(session).RunAsync(transcript
            .Replace("{user}", user, StringComparison.Ordinal).Replace("{password}", ImapWorld.Password, StringComparison.Ordinal).Replace("{plain}", plain, StringComparison.Ordinal));
    }
}
