namespace MailMesh.Relay.Client;

/// <summary>A session or transaction cannot go on: the connection is of no more use.</summary>
internal sealed class SmtpFaultException(SmtpStage stage, string status, string message, SmtpReply? reply = null, Exception? inner = null)
    : IOException(message, inner)
{
    public SmtpStage Stage { get; } = stage;

    /// <summary>RFC 3463 code.</summary>
    public string Status { get; } = status;

    /// <summary>The reply that ended it; null where it was a finding of ours.</summary>
    public SmtpReply? Reply { get; } = reply;

    /// <summary>Only a server's own 5xx is final; a fault may pass.</summary>
    public bool IsPermanent => Reply is { IsPermanent: true };

    public static SmtpFaultException Refused(SmtpStage stage, SmtpReply reply) =>
        new(stage, reply.Code >= 400 ? reply.Status : "4.5.0", reply.ToString(), reply);
}
