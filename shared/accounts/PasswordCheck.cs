namespace MailMesh.Accounts;

/// <summary>What came of a name and a password.</summary>
/// <param name="Account">Who it is; null for nobody.</param>
/// <param name="NeedsSecondFactor">The password was right, and does not open the account alone: a web login needs a code, a mail program an application password.</param>
public readonly record struct PasswordCheck(AuthenticatedAccount? Account, bool NeedsSecondFactor);
