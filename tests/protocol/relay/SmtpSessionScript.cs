using System.Text;
using MailMesh.Relay.Client;

namespace MailMesh.Protocol.Tests;

/// <summary>Plays a session of the relay's client against a scripted server.</summary>
internal static class SmtpSessionScript
{
    public const string Greeting =
        """
        S: 220 mx.test ESMTP
        C: EHLO relay.test

        """;

    public const string Plain = Greeting +
        """
        S: 250-mx.test
        S: 250 8BITMIME

        """;

    public const string Pipelining = Greeting +
        """
        S: 250-mx.test greets relay.test
        S: 250-PIPELINING
        S: 250-SIZE 1000
        S: 250-8BITMIME
        S: 250 ENHANCEDSTATUSCODES

        """;

    public static readonly SmtpSessionSettings Settings = new() { HeloName = "relay.test", Host = "mx.test" };

    public static SmtpTransaction Message(string body, params string[] recipients) => new()
    {
        ReversePath = "a@x.test",
        Recipients = recipients.Length > 0 ? [.. recipients.Select(r => new SmtpRecipient(r))] : [new SmtpRecipient("b@y.test")],
        HeaderPrefix = ReadOnlyMemory<byte>.Empty,
        SizeBytes = body.Length,
        OpenBody = _ => new(new MemoryStream(Encoding.UTF8.GetBytes(body))),
    };

    public static (ResultKind, string, string, bool) Values(RecipientResult result) => (result.Kind, result.Status, result.Text, result.ByServer);

    public static async Task<IReadOnlyList<RecipientResult>> SendAsync(string transcript, SmtpTransaction message, SmtpSessionSettings? settings = null)
    {
        var (client, server) = DuplexStream.Pair();
        var script = new ScriptedServer(server).RunAsync(transcript);
        var sending = SendOverAsync(client, message, settings ?? Settings);
        await await Task.WhenAny(script, sending);
        await script;
        return await sending.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private static async Task<IReadOnlyList<RecipientResult>> SendOverAsync(Stream client, SmtpTransaction message, SmtpSessionSettings settings)
    {
        await using var session = await SmtpSession.OpenAsync(client, settings);
        return await session.SendAsync(message);
    }

    public static async Task<SmtpFaultException> OpenFaultAsync(string transcript, SmtpSessionSettings settings)
    {
        var (client, server) = DuplexStream.Pair();
        var script = new ScriptedServer(server).RunAsync(transcript);
        var fault = await Assert.ThrowsAsync<SmtpFaultException>(() => SmtpSession.OpenAsync(client, settings).WaitAsync(TimeSpan.FromSeconds(20)));
        await script;
        return fault;
    }

    public static async Task<(string, SmtpStage)> StatusAsync(string transcript, SmtpSessionSettings settings)
    {
        var fault = await OpenFaultAsync(transcript, settings);
        return (fault.Status, fault.Stage);
    }
}
