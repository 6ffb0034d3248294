using MailMesh.Testing;

namespace MailMesh.Bench;

/// <summary>Memory of IMAP connections that have selected INBOX and idle.</summary>
internal static class Idle
{
    /// <returns>Octets a connection.</returns>
    public static async Task<long> MeasureAsync(IMailSystem system, BenchOptions options)
    {
        var sessions = new List<ImapWire>();
        try
        {
            sessions.Add(await OpenAsync(system, 0, options.Tls));
            var before = system.MemoryBytes();
            for (var i = 0; i < options.Connections; i++)
                sessions.Add(await OpenAsync(system, i % options.Accounts, options.Tls));
            return (system.MemoryBytes() - before) / options.Connections;
        }
        finally
        {
            foreach (var session in sessions)
                await session.DisposeAsync();
        }
    }

    private static async Task<ImapWire> OpenAsync(IMailSystem system, int account, bool tls)
    {
        var imap = await system.LoginAsync(account, tls);
        (await imap.CommandAsync("SELECT INBOX")).Expect("OK");
        (await imap.CommandAsync("IDLE")).Expect("+");
        return imap;
    }
}
