using System.Text;
using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Filtering;
using MailMesh.Hosting;
using MailMesh.Wire;

namespace MailMesh.Unit.Tests.Filtering;

/// <summary>Messages as ingress publishes them.</summary>
internal static class Received
{
    public static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(60);

    public static MailMeshOptions Host { get; } = new()
    {
        Hostname = "mail.example.com",
        ExemptNetworks = NetworkList.TryParse("127.0.0.0/8", out var networks) ? networks : throw new InvalidOperationException(),
    };

    public static MessageReceived Message(string reversePath = "sender@example.net", string client = "192.0.2.3", params string[] forwardPaths) => new()
    {
        MessageId = "0af7651916cd43dd8448eb211c80319c",
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        Envelope = new Envelope { ReversePath = reversePath, ForwardPaths = forwardPaths.Length > 0 ? forwardPaths : ["alice@example.com"] },
        Body = "",
        SizeBytes = 0,
        Connection = new ConnectionEvidence { RemoteAddress = client, Helo = "mx.example.net", Listener = "smtp" },
        ReceivedAt = Now,
    };

    /// <summary>The session waits for the verdict.</summary>
    public static MessageReceived Waiting(this MessageReceived message) =>
        message with { VerdictTo = new Uri("queue:verdict"), VerdictBefore = Now + TimeSpan.FromSeconds(20) };

    public static MessageReceived Authenticated(this MessageReceived message) =>
        message with { Connection = message.Connection with { AuthenticatedAs = "alice@example.com", Listener = "submission" } };

    public static MessageReceived Asking(this MessageReceived message, params RecipientRequest[] requests) =>
        message with { Envelope = message.Envelope with { Requests = requests } };

    public static MessageReceived FromRelayClient(this MessageReceived message) =>
        message with { Connection = message.Connection with { IsRelayClient = true } };

    public static async Task<MessageReceived> StoredIn(this MessageReceived message, IBlobStore blobs, byte[] octets)
    {
        await using var writer = blobs.Create();
        await writer.WriteAsync(octets);
        return message with { Body = await writer.CompleteAsync(), SizeBytes = octets.Length };
    }

    public static Task<MessageReceived> StoredIn(this MessageReceived message, IBlobStore blobs, string text) => message.StoredIn(blobs, Encoding.UTF8.GetBytes(text));

    public static async Task<FilterContext> ContextIn(this MessageReceived message, IBlobStore blobs) =>
        new(message, await HeaderBlock.ReadAsync(blobs, message.Body, default), blobs);

    public static Verdict Verdict(Disposition disposition = Disposition.Accept, Refusal? refusal = null) => new(disposition, 0, refusal, [], []);
}
