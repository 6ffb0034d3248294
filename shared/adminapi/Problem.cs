namespace MailMesh.AdminApi;

/// <summary>RFC 9457: why a request was refused.</summary>
/// <param name="Type">What kind of problem: a word of this API after 'urn:mailmesh:problem:'.</param>
/// <param name="Title">The kind in a few words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is wrong with this request, and what would be right.</param>
public sealed record Problem(string Type, string Title, int Status, string Detail)
{
    /// <summary>RFC 9457 §3.</summary>
    public const string ContentType = "application/problem+json";
}
