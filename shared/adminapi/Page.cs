namespace MailMesh.AdminApi;

/// <summary>A part of a list.</summary>
/// <param name="Next">Give it as 'after' for the part that follows; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next)
{
    /// <summary>Items a page where the request does not say.</summary>
    public const int DefaultLimit = 100;

    /// <summary>Most items a page.</summary>
    public const int MaxLimit = 1000;
}
