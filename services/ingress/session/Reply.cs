namespace MailMesh.Ingress.Session;

/// <summary>RFC 5321 §4.2: one reply.</summary>
/// <param name="Code">The three digits.</param>
/// <param name="Enhanced">RFC 2034: the enhanced code; null for greetings, EHLO and 3xx, which carry none.</param>
/// <param name="Lines">Text, one element a line.</param>
internal sealed record Reply(int Code, string? Enhanced, params string[] Lines)
{
    /// <summary>No reply: it has been given already, or nobody is there to take it.</summary>
    public static readonly Reply None = new(0, null);

    /// <summary>The connection is closed after this reply.</summary>
    public bool Closes { get; init; }

    /// <summary>A line that a correct client would not have sent: counted against the session.</summary>
    public bool IsMistake { get; init; }

    /// <summary>RFC 2033 §4.2: these go out in place of the reply, in this order; empty: the reply does, for the command.</summary>
    public IReadOnlyList<RecipientReply> Recipients { get; init; } = [];

    public bool IsRefusal => Code >= 400;

    /// <summary>What of it refuses: itself, or the first that does among those of its recipients; null where nothing does.</summary>
    public Reply? Refusal => IsRefusal ? this : Recipients.FirstOrDefault(part => part.Reply.IsRefusal)?.Reply;

    /// <summary>One line, for logs and tracking.</summary>
    public override string ToString() => Enhanced is null ? $"{Code} {Lines.FirstOrDefault()}" : $"{Code} {Enhanced} {Lines.FirstOrDefault()}";
}
