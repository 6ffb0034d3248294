using MailMesh.Contracts;
using MailMesh.Ingress.Session;
using MailMesh.Mime;

namespace MailMesh.Ingress.Message;

/// <summary>RFC 4865: a message whose body is durable, and that is to wait; it is judged when it goes.</summary>
internal sealed class ScheduledReception(SmtpSession session, SessionState.Greeted greeted, DateTimeOffset releaseAt)
{
    /// <summary>Octets of the message in which its Subject is looked for, for whoever lists what waits.</summary>
    private const int MaxHeaderOctets = 16 * 1024;

    private readonly SmtpServer _server = session.Server;

    /// <summary>The 250, once the message is durable.</summary>
    /// <exception cref="Exception">It is not kept.</exception>
    public async Task<Reply> HoldAsync(MessageReceived message)
    {
        MessageStory.Received(session, message);
        var subject = await _server.InTimeAsync(ReadSubjectAsync(message.Body));
        using var limit = new CancellationTokenSource(_server.Options.EngineTimeout, _server.Clock);
        var holding = _server.Scheduled.HoldAsync(message, greeted.Account!.Id, subject, releaseAt, limit.Token);
        try
        {
            await _server.InTimeAsync(holding);
        }
        catch
        {
            _server.Scheduled.Abandon(message.MessageId, holding); // what is told to come again should not go by itself as well
            throw;
        }
        MessageStory.Held(session, message, releaseAt);
        return Replies.Held(message.MessageId, releaseAt);
    }

    private async Task<string?> ReadSubjectAsync(string body)
    {
        var octets = new byte[MaxHeaderOctets];
        await using var stored = await _server.Blobs.OpenAsync(body, 0);
        var count = await stored.ReadAtLeastAsync(octets, octets.Length, throwOnEndOfStream: false);
        using var start = new MemoryStream(octets, 0, count);
        return MessageIndex.Read(start).Envelope.Subject is { } subject ? MessageText.Decode(subject) : null;
    }
}
