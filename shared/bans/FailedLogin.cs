namespace MailMesh.Bans;

/// <summary>One failure on its way to the counters of its network and of its account.</summary>
/// <param name="Account">Null where the name is none that an account can have.</param>
internal sealed record FailedLogin(string Network, string? Account);
