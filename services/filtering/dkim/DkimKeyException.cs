namespace MailMesh.Filtering.Dkim;

/// <summary>The key of a signature is absent, revoked or not usable: RFC 6376 §6.1.2 PERMFAIL.</summary>
internal sealed class DkimKeyException(string result, string reason) : Exception(reason)
{
    /// <summary>RFC 8601 §2.7.1 result word.</summary>
    public string Result { get; } = result;
}
