using MailMesh.Access.Imap;
using MailMesh.Accounts;
using MailMesh.Hosting;
using MailMesh.Mailstore;
using MailMesh.Tracking;
using MailMesh.Wire;
using Microsoft.Extensions.Logging;

namespace MailMesh.Access.Pop3;

/// <summary>Where sessions read and write mail.</summary>
internal sealed record Pop3Backend(AccountDirectory Accounts, MailboxStore Store, MaildropLocks Locks, TrackingLog Tracking);

/// <summary>What all POP3 sessions of the process share.</summary>
internal sealed class Pop3Server(Pop3Backend backend, Pop3Options pop3, MailMeshOptions options, ServerCertificate certificate, TimeProvider clock, ILogger<Pop3Server> log)
{
    private readonly ConnectionCounts _perAddress = new(pop3.MaxPerAddress);

    public MailMeshOptions Options { get; } = options;

    public Pop3Options Pop3 { get; } = pop3;

    public AccountDirectory Accounts => backend.Accounts;

    public MailboxStore Store => backend.Store;

    public MaildropLocks Locks => backend.Locks;

    public TrackingLog Tracking => backend.Tracking;

    public ServerCertificate Certificate { get; } = certificate;

    public TimeProvider Clock { get; } = clock;

    public ILogger Log { get; } = log;

    public async Task ServeAsync(WireConnection connection, CancellationToken stopping)
    {
        using var session = new Pop3Session(this, connection, stopping);
        var address = connection.Remote.Address.ToString();
        if (session.IsExempt)
        {
            await session.RunAsync();
            return;
        }
        if (!_perAddress.TryEnter(address))
        {
            session.Error("[SYS/TEMP] Too many connections from your address");
            await session.SendAsync();
            return;
        }
        try
        {
            await session.RunAsync();
        }
        finally
        {
            _perAddress.Leave(address);
        }
    }
}
