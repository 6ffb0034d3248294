using System.Net;

namespace MailMesh.Relay;

/// <summary>A server and one of its addresses.</summary>
internal sealed record Candidate(string Host, IPEndPoint EndPoint)
{
    public override string ToString() => $"{Host} [{EndPoint.Address}]:{EndPoint.Port}";
}
