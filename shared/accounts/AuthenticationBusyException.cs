namespace MailMesh.Accounts;

/// <summary>More logins than the cores can hash passwords for: a temporary failure, RFC 4954 §6 454 4.7.0.</summary>
public sealed class AuthenticationBusyException() : IOException("Too many logins wait for their password to be checked");
