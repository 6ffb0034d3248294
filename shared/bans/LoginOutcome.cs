using MailMesh.Accounts;

namespace MailMesh.Bans;

/// <summary>What came of a login.</summary>
/// <param name="Account">Who it is; null for a wrong name, password, proof or token, and for one that is banned.</param>
/// <param name="IsBanned">What the client offered was not looked at.</param>
public readonly record struct LoginOutcome(AuthenticatedAccount? Account, bool IsBanned)
{
    /// <summary>The password was right, and does not open the account alone: no failure to be counted, or a device that was set up before would keep its owner out.</summary>
    public bool NeedsSecondFactor { get; init; }
}
