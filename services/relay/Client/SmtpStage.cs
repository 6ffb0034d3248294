namespace MailMesh.Relay.Client;

/// <summary>How far a session or transaction had come when something happened.</summary>
internal enum SmtpStage
{
    Connect,
    Greeting,
    Hello,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,

    /// <summary>The octets of the message are on their way, without the final dot.</summary>
    Content,

    /// <summary>The final dot has gone out: the server may have taken the message.</summary>
    FinalDot,
}
