using System.Globalization;
using MailMesh.Access.Imap;
using MailMesh.Bans;
using MailMesh.Database;
using MailMesh.Hosting;
using MailMesh.Mailstore;
using MailMesh.Sasl;
using MailMesh.Tracking;
using MailMesh.Wire;
using Microsoft.Extensions.Logging;

namespace MailMesh.Access.Pop3;

/// <summary>Where sessions read and write mail.</summary>
internal sealed record Pop3Backend(LoginGuard Logins, SaslServer Sasl, MailboxStore Store, Leases Leases, TrackingLog Tracking);

/// <summary>What all POP3 sessions of the process share.</summary>
internal sealed class Pop3Server(Pop3Backend backend, Pop3Options pop3, MailMeshOptions options, ServerCertificate certificate, TimeProvider clock, ILogger<Pop3Server> log)
{
    private readonly ConnectionCounts _perAddress = new(pop3.MaxPerAddress);

    public MailMeshOptions Options { get; } = options;

    public Pop3Options Pop3 { get; } = pop3;

    public LoginGuard Logins => backend.Logins;

    public SaslServer Sasl => backend.Sasl;

    public MailboxStore Store => backend.Store;

    public TrackingLog Tracking => backend.Tracking;

    public ServerCertificate Certificate { get; } = certificate;

    public TimeProvider Clock { get; } = clock;

    public ILogger Log { get; } = log;

    /// <summary>RFC 1939 §4: one session a maildrop, among all copies of the service; null while another session has it.</summary>
    /// <exception cref="MaildropUnavailableException">The database does not answer.</exception>
    public async Task<HeldLease?> TryLockAsync(long accountId, CancellationToken cancellationToken)
    {
        try
        {
            return await backend.Leases.TryTakeAsync(string.Create(CultureInfo.InvariantCulture, $"maildrop {accountId}"), cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new MaildropUnavailableException(failure);
        }
    }

    /// <summary>RFC 2449 §6.5: notes the login, unless the account's last one was too short a time ago, at whichever copy.</summary>
    /// <exception cref="MaildropUnavailableException">The database does not answer.</exception>
    public async Task<bool> MayLogInAgainAsync(long accountId, CancellationToken cancellationToken)
    {
        if (Pop3.LoginDelay <= TimeSpan.Zero)
            return true;
        try
        {
            return await backend.Leases.TryPauseAsync(string.Create(CultureInfo.InvariantCulture, $"login delay {accountId}"), Pop3.LoginDelay, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new MaildropUnavailableException(failure);
        }
    }

    public async Task ServeAsync(WireConnection connection, CancellationToken stopping)
    {
        await using var session = new Pop3Session(this, connection, stopping);
        var address = ClientNetwork.Of(connection.Remote.Address).ToString();
        if (session.IsExempt)
        {
            await session.RunAsync();
            return;
        }
        if (await backend.Logins.RefusesAsync(connection.Remote.Address))
        {
            session.RefuseBanned();
            await session.SendAsync();
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
