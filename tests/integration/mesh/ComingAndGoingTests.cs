using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Mesh;

/// <summary>Copies come and go while mail flows, as in scaling, in an upgrade, and when a machine dies.</summary>
public sealed class ComingAndGoingTests
{
    private static readonly string[] Accounts = ["ann@mesh.test", "ben@mesh.test", "eve@mesh.test"];

    [MeshFact]
    public async Task A_second_copy_of_each_service_joins_and_the_first_is_killed_or_stopped_while_mail_flows()
    {
        await using var mesh = await MeshCluster.StartAsync(accounts: Accounts);
        var ledger = new Ledger();
        var running = true;
        var sender = new MeshSender(ledger, () => [.. mesh.Ingress.Where(ingress => !ingress.HasExited).Select(ingress => ingress.Ports.Smtp)], Accounts);
        var sending = sender.RunAsync(clients: 4, () => running);
        var first = mesh.Processes.ToList();
        await FlowAsync(ledger);
        foreach (var service in MeshCluster.Services)
        {
            await mesh.Add(service).ReadyAsync();
            await FlowAsync(ledger);
        }
        foreach (var process in first.Where(process => process.Service != "admin"))
        {
            // Half of them as a machine dies, half as an upgrade goes.
            if (process.Service is "ingress" or "storage" or "relay")
                await process.KillAsync();
            else
                await process.StopAsync();
            await FlowAsync(ledger);
        }
        running = false;
        await sending;
        Assert.Empty(ledger.Hanging);
        await ExpectBalanceAsync(ledger, mesh.Access.Single(access => !access.HasExited));
        await ExpectNoQueuesOfTheDeadAsync(mesh);
    }

    private static async Task FlowAsync(Ledger ledger)
    {
        var goal = ledger.Accepted + 20;
        await Wait.UntilAsync("20 more accepted messages", () => Task.FromResult(ledger.Accepted >= goal), TimeSpan.FromMinutes(2));
    }

    private static async Task ExpectBalanceAsync(Ledger ledger, MeshProcess access)
    {
        foreach (var account in Accounts)
        {
            IReadOnlyList<string> wrong = [];
            try
            {
                await Wait.UntilAsync($"every accepted message in the mailbox of {account}", async () => (wrong = ledger.Audit(account, await LedgerMailbox.ReadAsync(access, account))).Count == 0);
            }
            catch (TimeoutException)
            {
                Assert.Empty(wrong);
            }
        }
    }

    /// <summary>Queues of single copies live as long as those: after a kill as after a stop.</summary>
    private static async Task ExpectNoQueuesOfTheDeadAsync(MeshCluster mesh)
    {
        var living = mesh.Processes.Where(process => !process.HasExited).ToList();
        await Wait.UntilAsync(
            "no queue is left without a consumer but the shared ones",
            async () =>
            {
                var queues = await mesh.Engines.Broker.QueuesAsync();
                return queues.Where(queue => !(bool)queue!["durable"]!).All(queue => (int?)queue!["consumers"] > 0);
            },
            TimeSpan.FromMinutes(2));
        Assert.True(living.Count >= MeshCluster.Services.Count);
    }
}
