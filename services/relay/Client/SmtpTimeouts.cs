namespace MailMesh.Relay.Client;

/// <summary>RFC 5321 §4.5.3.2: how long a client waits at least, per stage.</summary>
internal sealed record SmtpTimeouts
{
    /// <summary>TCP connect; the RFC sets none, Postfix takes 30 s.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Greeting, EHLO, MAIL, RCPT: 5 minutes (§4.5.3.2.1 to 3).</summary>
    public TimeSpan Command { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The 354 of DATA: 2 minutes (§4.5.3.2.4).</summary>
    public TimeSpan DataStart { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Sending a block of the message: 3 minutes (§4.5.3.2.5).</summary>
    public TimeSpan DataBlock { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The reply to the final dot: 10 minutes (§4.5.3.2.6).</summary>
    public TimeSpan DataEnd { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>TLS handshake.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>QUIT: a courtesy, nothing depends on its reply.</summary>
    public TimeSpan Quit { get; init; } = TimeSpan.FromSeconds(5);
}
