using MailMesh.Database;

namespace MailMesh.Accounts;

/// <summary>Who has mail here: resolves addresses and checks credentials.</summary>
public sealed class AccountDirectory(MailDatabase database, TimeProvider clock)
{
    private readonly MailDatabase _database = database;
    private readonly TimeProvider _clock = clock;

    /// <summary>What one address is to us, one step: an alias is not followed.</summary>
    /// <remarks>Case is ignored; user+detail@domain is user@domain where no such address exists of its own (RFC 5233); postmaster always exists in our domains (RFC 5321 §4.5.1).</remarks>
    public Task<AddressResolution> ResolveAsync(string address) => throw new NotImplementedException(address + _database + _clock);

    /// <summary>Follows aliases to their ends, without duplicates; a loop or more than 50 levels ends at what it has.</summary>
    public Task<IReadOnlyList<AddressResolution>> ExpandAsync(string address) => throw new NotImplementedException(address);

    /// <summary>The account, or null for a wrong name or password, in equal time for both; a disabled account is wrong.</summary>
    /// <remarks>A password that was right stays verified in memory, as a keyed hash, for a few minutes: Argon2id is slow by design.</remarks>
    public Task<AuthenticatedAccount?> AuthenticateAsync(string user, string password, CancellationToken cancellationToken = default) => throw new NotImplementedException(user);

    /// <summary>True when the account may send with this reverse-path: its own address, one with a detail, or an alias that leads to it.</summary>
    public Task<bool> MaySendAsAsync(long accountId, string address) => throw new NotImplementedException(address);
}

/// <summary>Somebody whose password was right.</summary>
public sealed record AuthenticatedAccount(long Id, string Address);

/// <summary>What an address is to us.</summary>
public abstract record AddressResolution
{
    private AddressResolution()
    {
    }

    /// <summary>An account of ours.</summary>
    public sealed record LocalAccount(long AccountId, string Address) : AddressResolution;

    /// <summary>Stands for others.</summary>
    public sealed record AliasTo(IReadOnlyList<string> Targets) : AddressResolution;

    /// <summary>In a domain of ours, but nobody.</summary>
    public sealed record Unknown(string Address) : AddressResolution;

    /// <summary>In a domain that is not ours.</summary>
    public sealed record Remote(string Address) : AddressResolution;
}
