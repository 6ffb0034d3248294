namespace MailMesh.Hosting;

/// <summary>The address of a queue that each copy of a service has for itself: copy:NAME/INSTANCE.</summary>
internal static class CopyAddress
{
    public static Uri Of(string queue, string instanceId) => new($"copy:{queue}/{instanceId}");

    public static string QueueOf(string queue, string instanceId) => $"{queue}-{instanceId}";

    /// <exception cref="ArgumentException">It is no such address.</exception>
    public static (string Queue, string InstanceId) Parse(Uri address) =>
        address.Scheme == "copy" && address.AbsolutePath.Split('/') is [{ Length: > 0 } queue, { Length: > 0 } instanceId]
            ? (queue, instanceId)
            : throw new ArgumentException($"'{address}' is not copy:NAME/INSTANCE.", nameof(address));
}
