namespace MailMesh.Relay;

/// <summary>Where an attempt was made.</summary>
/// <param name="Host">The server; null where the attempt did not come to one.</param>
/// <param name="Tls">Protocol and cipher; null in clear.</param>
internal sealed record AttemptPlace(string? Host, string? Address, string? Tls)
{
    /// <summary>RFC 3461: the server answers for notifications of success from here on.</summary>
    public bool TakesDsn { get; init; }

    public static readonly AttemptPlace Nowhere = new(null, null, null);
}
