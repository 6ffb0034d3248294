using MailMesh.Testing;

namespace MailMesh.Bench;

/// <summary>Memory of IMAP connections that have selected INBOX and idle.</summary>
internal static class Idle
{
    /// <returns>Octets a connection.</returns>
    public static async Task<long> MeasureAsync(IMailSystem system, int connections, int accounts)
    {
        var sessions = new List<ImapWire>();
        try
        {
            sessions.Add(await OpenAsync(system, 0));
            var before = system.MemoryBytes();
            for (var i = 0; i < connections; i++)
                sessions.Add(await OpenAsync(system, i % accounts));
            return (system.MemoryBytes() - before) / connections;
        }
        finally
        {
            foreach (var session in sessions)
                await session.DisposeAsync();
        }
    }

    private static async Task<ImapWire> OpenAsync(IMailSystem system, int account)
    {
        var imap = await system.LoginAsync(account);
        (await imap.CommandAsync("SELECT INBOX")).Expect("OK");
        (await imap.CommandAsync("IDLE")).Expect("+");
        return imap;
    }
}
