using MailMesh.Accounts;

namespace MailMesh.Access.Pop3;

/// <summary>RFC 1939 §3: the states of a session, and what each knows.</summary>
internal abstract record Pop3State
{
    private Pop3State()
    {
    }

    /// <param name="User">Named by USER; null before.</param>
    public sealed record Authorization(string? User) : Pop3State;

    public sealed record Transaction(AuthenticatedAccount Account, Maildrop Maildrop) : Pop3State;

    /// <summary>After QUIT, or when the session must end: what is written is sent, then the connection closes.</summary>
    public sealed record Ended : Pop3State;
}
