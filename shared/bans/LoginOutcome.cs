using MailMesh.Accounts;

namespace MailMesh.Bans;

/// <summary>What came of a login.</summary>
/// <param name="Account">Who it is; null for a wrong name or password, and for one that is banned.</param>
/// <param name="IsBanned">The password was not looked at.</param>
public readonly record struct LoginOutcome(AuthenticatedAccount? Account, bool IsBanned);
