using MailMesh.Bans;
using MailMesh.Blobs;
using MailMesh.Hosting;
using MailMesh.Mailstore;
using MailMesh.Sasl;
using MailMesh.Search;
using MailMesh.Tracking;
using MailMesh.Wire;
using Microsoft.Extensions.Logging;

namespace MailMesh.Access.Imap;

/// <summary>Where sessions read and write mail.</summary>
public sealed record ImapBackend(LoginGuard Logins, SaslServer Sasl, MailboxDirectory Directory, MailboxAccess Access, AccessControlList Rights, MailboxAnnotations Annotations, MailboxKeys Keys, MailboxStore Store, MailboxSnapshots Snapshots, AccountWatches Watches, IBlobStore Blobs, TrackingLog Tracking, TextIndex Texts);

/// <summary>What all IMAP sessions of a process share.</summary>
public sealed class ImapServer(ImapBackend backend, ImapOptions options, MailMeshOptions host, ServerCertificate certificate, ILogger<ImapServer> log)
{
    internal ImapBackend Backend { get; } = backend;

    internal ImapOptions Options { get; } = options;

    internal SaslServer Sasl => Backend.Sasl;

    internal string Hostname { get; } = host.Hostname;

    internal ServerCertificate Certificate { get; } = certificate;

    internal ILogger Log { get; } = log;

    internal ConnectionCounts PerAddress { get; } = new(options.MaxPerAddress);

    internal ConnectionCounts PerAccount { get; } = new(options.MaxPerAccount);

    /// <summary>For delays; replaced in tests.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Networks that need no TLS, and know no delays and limits.</summary>
    internal bool IsExempt(WireConnection connection) => host.ExemptNetworks.Contains(connection.Remote.Address);

    /// <summary>Serves one connection until it ends.</summary>
    public async Task ServeAsync(WireConnection connection, CancellationToken stopping)
    {
        await using var session = new ImapSession(this, connection, stopping);
        await session.RunAsync();
    }
}
