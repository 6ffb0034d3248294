namespace MailMesh.Database;

/// <summary>A domain whose mail is ours.</summary>
public sealed class Domain
{
    public long Id { get; init; }

    /// <summary>Lower case; an internationalised name in its U-label form.</summary>
    public required string Name { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>Somebody who has mailboxes and may authenticate.</summary>
public sealed class Account
{
    public long Id { get; init; }

    public long DomainId { get; set; }

    /// <summary>local-part@domain, lower case; the login name too.</summary>
    public required string Address { get; set; }

    /// <summary>PHC string of an Argon2id hash.</summary>
    public required string PasswordHash { get; set; }

    /// <summary>RFC 5803 stored credentials of SCRAM-SHA-256; null until the password was set or given since there are any.</summary>
    public string? Scram { get; set; }

    public string? DisplayName { get; set; }

    public bool Enabled { get; set; } = true;

    /// <summary>Least UIDVALIDITY of the account's next mailbox, so that a name created again never repeats one.</summary>
    public long NextUidValidity { get; set; }

    /// <summary>Octets that all mailboxes together may hold; null for no limit.</summary>
    public long? QuotaBytes { get; set; }

    /// <summary>Messages that all mailboxes together may hold; null for no limit.</summary>
    public long? QuotaMessages { get; set; }

    /// <summary>Octets of the RFC 6238 secret of the second factor; null for none. A secret: shown by nothing, logged by nothing.</summary>
    public byte[]? TotpSecret { get; set; }

    /// <summary>The time step of the last code that was taken, so that none is taken twice.</summary>
    public long TotpStep { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A password of one device or program of an account, in place of the account's own.</summary>
public sealed class AppPassword
{
    public long Id { get; init; }

    public long AccountId { get; set; }

    /// <summary>What the user calls the device; one of each name an account.</summary>
    public required string Name { get; set; }

    /// <summary>SHA-256 of its letters, in hexadecimal digits: it is drawn with 100 bits, so that nothing slower is needed.</summary>
    public required string PasswordHash { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Null until it was first used; some minutes behind.</summary>
    public DateTimeOffset? UsedAt { get; set; }
}

/// <summary>Mail for Source goes to Target; several rows with one source go to each target.</summary>
public sealed class Alias
{
    public long Id { get; init; }

    /// <summary>An address, lower case, or '@domain' for every address of the domain that is nothing else.</summary>
    public required string Source { get; set; }

    /// <summary>An address, local or remote.</summary>
    public required string Target { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>Where relay hands over the mail of a domain in place of its MX hosts.</summary>
public sealed class Route
{
    /// <summary>Lower-case domain, or '*' for every domain without a route of its own.</summary>
    public required string Domain { get; set; }

    public required string Host { get; set; }

    public int Port { get; set; }

    public string? Username { get; set; }

    /// <summary>A secret: shown by nothing, logged by nothing.</summary>
    public string? Password { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>An account may send with an address that is not its own.</summary>
public sealed class SendGrant
{
    public long AccountId { get; set; }

    /// <summary>An address, lower case, or '@domain' for every address of one of our domains.</summary>
    public required string Address { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A network whose devices and programs may send to anybody without authentication.</summary>
public sealed class RelayClient
{
    public long Id { get; init; }

    /// <summary>CIDR notation; the longest that holds a client's address counts.</summary>
    public required string Network { get; set; }

    public string? Description { get; set; }

    /// <summary>The address that stands in for the sender of its mail; null to leave senders as they are.</summary>
    public string? Sender { get; set; }

    /// <summary>Most messages of each client address within a day; null for no limit.</summary>
    public long? MessagesPerDay { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
