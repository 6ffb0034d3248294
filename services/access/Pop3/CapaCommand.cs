namespace MailMesh.Access.Pop3;

/// <summary>RFC 2449 §5: what this server does beyond RFC 1939.</summary>
internal static class CapaCommand
{
    public static ValueTask Run(Pop3Session session, string argument)
    {
        session.Ok("Capabilities follow");
        var connection = session.Connection;
        connection.Write("TOP\r\nUIDL\r\nPIPELINING\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nEXPIRE NEVER\r\nUTF8 USER\r\nLANG\r\nIMPLEMENTATION MailMesh\r\n"u8);
        if (session.AllowsPasswords)
            connection.Write($"USER\r\nSASL {string.Join(' ', AuthCommand.Mechanisms(session))}\r\n");
        if (session.Server.Pop3.LoginDelay > TimeSpan.Zero)
            connection.Write($"LOGIN-DELAY {(long)Math.Ceiling(session.Server.Pop3.LoginDelay.TotalSeconds)}\r\n"); // RFC 2449 §6.5
        if (!connection.IsTls && session.State is Pop3State.Authorization)
            connection.Write("STLS\r\n"u8);
        connection.Write(".\r\n"u8);
        return ValueTask.CompletedTask;
    }
}
