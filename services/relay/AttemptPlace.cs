namespace MailMesh.Relay;

/// <summary>Where an attempt was made.</summary>
/// <param name="Host">The server; null where the attempt did not come to one.</param>
/// <param name="Tls">Protocol and cipher; null in clear.</param>
internal sealed record AttemptPlace(string? Host, string? Address, string? Tls)
{
    public static readonly AttemptPlace Nowhere = new(null, null, null);
}
