namespace MailMesh.ErrorQueues;

/// <summary>What MassTransit writes on a message that it moves to an error queue.</summary>
internal static class FaultHeaders
{
    public const string Message = "MT-Fault-Message";

    public const string ExceptionType = "MT-Fault-ExceptionType";

    public const string Timestamp = "MT-Fault-Timestamp";

    public const string Reason = "MT-Reason";

    /// <summary>True for what the broker or MassTransit wrote when it failed; a message that is tried again comes without.</summary>
    public static bool IsOfFault(string header) =>
        header.StartsWith("MT-Fault-", StringComparison.OrdinalIgnoreCase) || header.StartsWith("MT-Host-", StringComparison.OrdinalIgnoreCase)
        || header.Equals(Reason, StringComparison.OrdinalIgnoreCase) || header.Equals("x-delivery-count", StringComparison.OrdinalIgnoreCase);
}
