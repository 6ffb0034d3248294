using MailMesh.Contracts;

namespace MailMesh.Spool;

/// <summary>Takes responsibility for a message. Two ship: the spool table (standalone), and the broker's confirm (mesh).</summary>
public interface IMessageIntake
{
    /// <summary>Completes when the message is durable and on its way to filtering: from here on it is never lost (promise 1).</summary>
    /// <exception cref="IOException">It could not be made durable: the sender keeps it.</exception>
    Task AcceptAsync(MessageReceived message, CancellationToken cancellationToken = default);

    /// <summary>The commands that must be settled before the message is done; called before they are published.</summary>
    void Expect(string messageId, int commands);

    /// <summary>One command's effect is durable. When the last is, the message is forgotten, in time.</summary>
    void Settle(string messageId);

    /// <summary>
    /// Decides once what becomes of a message whose session and whose filtering may no longer hear each other in time; gives the claim
    /// that stands. Filtering claims a refusal before it drops the message, the session claims 'accepted' before a 250 without a verdict.
    /// </summary>
    /// <exception cref="Exception">Nobody knows what stands: neither 250 nor 5xx may be said.</exception>
    Task<MessageClaim> ClaimAsync(string messageId, MessageClaim claim, CancellationToken cancellationToken = default);

    /// <summary>The session says 451 although the message may be on its way: it is withdrawn as soon as can be. Returns at once.</summary>
    void Abandon(string messageId);

    /// <summary>The session refuses the message: forgotten durably before the 5xx goes out.</summary>
    Task ForgetAsync(string messageId, CancellationToken cancellationToken = default);

    /// <summary>The session answered 250 without waiting longer, and the verdict came after all as a refusal: judge it again as accepted mail.</summary>
    Task ResubmitAsync(string messageId, CancellationToken cancellationToken = default);
}
