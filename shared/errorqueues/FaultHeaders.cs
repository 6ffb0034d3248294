namespace MailMesh.ErrorQueues;

/// <summary>What MassTransit writes on a message that it moves to an error queue.</summary>
internal static class FaultHeaders
{
    public const string Message = "MT-Fault-Message";

    public const string ExceptionType = "MT-Fault-ExceptionType";

    public const string Timestamp = "MT-Fault-Timestamp";

    public const string Reason = "MT-Reason";

    /// <summary>True for what MassTransit wrote when it failed; a message that is tried again comes without.</summary>
    public static bool IsOfFault(string header) =>
        header.StartsWith("MT-Fault-", StringComparison.OrdinalIgnoreCase) || header.StartsWith("MT-Host-", StringComparison.OrdinalIgnoreCase)
        || header.Equals(Reason, StringComparison.OrdinalIgnoreCase);

    /// <summary>True for what broker and client write on each transport of a message: no part of it.</summary>
    public static bool IsOfTransport(string header) => header is "x-delivery-count" or "x-acquired-count" or "x-dotnet-pub-seq-no";
}
