using MailMesh.Accounts;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §3: where a session is, with what belongs to it there.</summary>
internal abstract record SessionState
{
    private SessionState()
    {
    }

    public abstract LegalStates Kind { get; }

    internal sealed record NotAuthenticated : SessionState
    {
        public override LegalStates Kind => LegalStates.NotAuthenticated;
    }

    internal sealed record Authenticated(AuthenticatedAccount Account) : SessionState
    {
        public override LegalStates Kind => LegalStates.Authenticated;
    }

    internal sealed record Selected(AuthenticatedAccount Account, MailboxView View) : SessionState
    {
        public override LegalStates Kind => LegalStates.Selected;
    }

    internal sealed record Logout : SessionState
    {
        public override LegalStates Kind => 0;
    }
}
