using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Failure;

/// <summary>The disk of the data folder fills up and gets room again.</summary>
public sealed class DiskFullTests
{
    private const string Account = "user@mesh.test";

    /// <summary>A small file system is mounted for it, which root alone may do; elsewhere there is nothing to see.</summary>
    [Fact]
    public async Task A_full_disk_refuses_mail_for_now_and_loses_none()
    {
        if (!Environment.IsPrivilegedProcess)
            return;
        var folder = Scratch.NewFolder("small-disk");
        (await ExternalCommand.RunAsync("mount", ["-t", "tmpfs", "-o", "size=48m", "tmpfs", folder])).Expect();
        try
        {
            await using var server = await RunningServer.StartAsync(new ServerOptions { Data = Path.Combine(folder, "data"), Accounts = [Account] });
            await FillAndRecoverAsync(server, Path.Combine(folder, "filler"));
        }
        finally
        {
            (await ExternalCommand.RunAsync("umount", ["--lazy", folder])).Expect();
        }
    }

    private static async Task FillAndRecoverAsync(RunningServer server, string filler)
    {
        var taken = new List<string>();
        for (var i = 0; i < 20; i++)
            await SendAsync(server, $"before-{i}", taken);
        Assert.Equal(20, taken.Count);

        Fill(filler);
        var refusals = 0;
        for (var i = 0; i < 40; i++)
            refusals += await SendAsync(server, $"full-{i}", taken) ? 0 : 1;
        Assert.True(refusals > 0, "The disk is full, and yet all was taken.");
        Assert.False(server.HasExited, server.Log);
        using (var live = await server.Http.GetAsync(new Uri("health/live", UriKind.Relative)))
            Assert.True(live.IsSuccessStatusCode);

        File.Delete(filler);
        await Wait.UntilAsync("mail is taken again", () => SendAsync(server, $"again-{Guid.NewGuid():N}", taken));
        await ExpectAllAsync(server, taken);
        await server.KillAsync();
        await server.StartAgainAsync();
        await ExpectAllAsync(server, taken);
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in new[] { 1 << 20, 4096 })
        {
            try
            {
                while (true)
                    file.Write(new byte[size]);
            }
            catch (IOException)
            {
                // full, to this size of write
            }
        }
    }

    /// <summary>True when it got 250; any other reply must say that it is for now.</summary>
    private static async Task<bool> SendAsync(RunningServer server, string id, List<string> taken)
    {
        await using var smtp = await SmtpWire.GreetAsync(server.Ports.Smtp);
        var reply = await smtp.SendMailAsync("sender@client.example", [Account], SampleMessages.Plain(id, 60_000));
        if (reply.Code == 250)
            taken.Add(id);
        else
            Assert.True(reply.Code is >= 400 and < 500, $"{id} got {reply.Code} {reply.Text}");
        return reply.Code == 250;
    }

    private static async Task ExpectAllAsync(RunningServer server, List<string> taken)
    {
        await server.SettleAsync();
        var mailbox = await LedgerMailbox.ReadAsync(server, Account);
        Assert.Equal(taken.Order(), mailbox.Ids.Order());
    }
}
