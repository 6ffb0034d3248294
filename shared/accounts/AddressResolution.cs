namespace MailMesh.Accounts;

/// <summary>What an address is to us.</summary>
public abstract record AddressResolution
{
    private AddressResolution()
    {
    }

    /// <summary>An account of ours.</summary>
    public sealed record LocalAccount(long AccountId, string Address) : AddressResolution
    {
        /// <summary>What its mailboxes hold together is limited: <see cref="AccountDirectory.IsFullAsync"/> tells whether something fits.</summary>
        public bool HasQuota { get; init; }
    }

    /// <summary>Stands for others.</summary>
    public sealed record AliasTo(IReadOnlyList<string> Targets) : AddressResolution;

    /// <summary>In a domain of ours, but nobody.</summary>
    public sealed record Unknown(string Address) : AddressResolution;

    /// <summary>In a domain that is not ours.</summary>
    public sealed record Remote(string Address) : AddressResolution;
}
