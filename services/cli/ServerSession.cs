namespace MailMesh.Cli;

/// <summary>What a verb works with.</summary>
public sealed record ServerSession(AdminClient Server, Output Output, Terminal Terminal) : IDisposable
{
    public void Dispose() => Server.Dispose();

    /// <summary>An address as a part of a path.</summary>
    public static string Segment(string text) => Uri.EscapeDataString(text);
}
