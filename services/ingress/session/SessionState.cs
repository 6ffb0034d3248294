using MailMesh.Accounts;
using MailMesh.Ingress.Grammar;
using MailMesh.Ingress.Message;

namespace MailMesh.Ingress.Session;

/// <summary>Where a session stands (RFC 5321 §4.1.4); a closed set, each with the data that exists there.</summary>
internal abstract record SessionState
{
    private SessionState()
    {
    }

    /// <summary>The client has not introduced itself, or has to again after STARTTLS.</summary>
    public sealed record Connected : SessionState;

    /// <summary>Introduced; no mail transaction is open.</summary>
    /// <param name="Account">Who authenticated, if anybody did.</param>
    public sealed record Greeted(HelloCommand Hello, AuthenticatedAccount? Account) : SessionState;

    /// <summary>MAIL was accepted.</summary>
    public record InTransaction(Greeted Session, Transaction Transaction) : SessionState;

    /// <summary>BDAT has begun the message: its envelope is closed (RFC 3030 §2).</summary>
    public sealed record InChunks(Greeted Session, Transaction Transaction, ChunkedReception Chunks) : InTransaction(Session, Transaction);
}

/// <summary>The states in which a command is legal.</summary>
[Flags]
internal enum LegalIn
{
    Connected = 1,
    Greeted = 2,
    Transaction = 4,
    Chunks = 8,
    Introduced = Greeted | Transaction,
    Any = Connected | Introduced | Chunks,
}
