using System.Text;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Message;

/// <summary>What becomes of a header that was looked at.</summary>
/// <param name="Parts">What is stored in place of the octets that were held back.</param>
/// <param name="Refusal">The message is refused at its end, and nothing of it kept.</param>
internal sealed record HeaderOutcome(IReadOnlyList<ReadOnlyMemory<byte>> Parts, Reply? Refusal = null)
{
    public static HeaderOutcome Refused(Reply refusal) => new([], refusal);

    /// <param name="fields">Put before the message.</param>
    public static HeaderOutcome Before(string fields, ReadOnlyMemory<byte> held) => new([Encoding.UTF8.GetBytes(fields), held]);
}
