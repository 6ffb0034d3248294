using System.Diagnostics.CodeAnalysis;

namespace MailMesh.Accounts;

/// <summary>What came of a change: a value, or why it was refused.</summary>
public sealed record DirectoryOutcome<T>
    where T : class
{
    private DirectoryOutcome()
    {
    }

    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Reason))]
    public bool Done => Value is not null;

    public T? Value { get; private init; }

    /// <summary>Meaningful where nothing was done.</summary>
    public DirectoryRefusal Refusal { get; private init; }

    /// <summary>For a reader; names what was wrong.</summary>
    public string? Reason { get; private init; }

    public static implicit operator DirectoryOutcome<T>(T value) => new() { Value = value };

    public static implicit operator DirectoryOutcome<T>(Refused refused) => new() { Refusal = refused.Refusal, Reason = refused.Reason };
}

/// <summary>A refusal on its way into a <see cref="DirectoryOutcome{T}"/>.</summary>
public sealed record Refused(DirectoryRefusal Refusal, string Reason);

/// <summary>Why the directory refused a change.</summary>
public enum DirectoryRefusal
{
    /// <summary>A domain, host or port is no such thing.</summary>
    InvalidName,

    /// <summary>An address has the wrong syntax.</summary>
    InvalidAddress,

    /// <summary>A password is empty or too long.</summary>
    InvalidPassword,

    AlreadyExists,

    NotFound,

    /// <summary>The domain of an address is not ours: add it first.</summary>
    DomainNotOurs,

    /// <summary>The domain still has accounts or aliases.</summary>
    DomainInUse,
}
