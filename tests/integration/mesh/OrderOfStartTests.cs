using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Mesh;

/// <summary>No order of start is needed, on engines where nothing has ever run.</summary>
public sealed class OrderOfStartTests
{
    [MeshTheory]
    [InlineData("ingress")]
    [InlineData("filtering")]
    [InlineData("storage")]
    [InlineData("access")]
    [InlineData("relay")]
    [InlineData("admin")]
    public async Task Whichever_service_comes_first_waits_for_the_others_and_mail_flows(string first)
    {
        await using var mesh = await MeshCluster.CreateAsync();
        var earliest = mesh.Add(first);
        await Wait.UntilAsync($"{first} lives", async () => (await earliest.Http.GetAsync(new Uri("health/live", UriKind.Relative))).IsSuccessStatusCode);
        foreach (var service in MeshCluster.Services.Where(service => service != first))
            mesh.Add(service);
        await mesh.ReadyAsync();

        await mesh.Admin.AddAccountsAsync(["ann@mesh.test"]);
        await using var smtp = await SmtpWire.GreetAsync(mesh.Ingress[0].Ports.Smtp);
        (await smtp.SendMailAsync("sender@client.example", ["ann@mesh.test"], SampleMessages.Plain($"after-{first}@client.example"))).Expect(250);
        await using var imap = await ImapWire.LoginAsync(mesh.Access[0], "ann@mesh.test");
        await Wait.UntilAsync("the message", async () => await imap.CountAsync() == 1);
    }
}
