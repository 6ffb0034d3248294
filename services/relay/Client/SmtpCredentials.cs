namespace MailMesh.Relay.Client;

/// <summary>RFC 4954: who we are to a server that wants to know.</summary>
internal sealed class SmtpCredentials(string username, string password)
{
    public string Username { get; } = username;

    public string Password { get; } = password;

    /// <summary>The password is a secret: it shows in no text.</summary>
    public override string ToString() => Username;
}
