namespace MailMesh.Accounts;

/// <summary>Somebody whose password was right.</summary>
public sealed record AuthenticatedAccount(long Id, string Address);
