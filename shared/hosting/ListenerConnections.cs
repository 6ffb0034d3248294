using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using System.Net;
using System.Security.Authentication;
using MailMesh.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailMesh.Hosting;

/// <summary>Turns Kestrel's connections into <see cref="WireConnection"/>s: TLS, one catch a connection, metrics, drain.</summary>
internal sealed partial class ListenerConnections(
    ServerCertificate certificate, ConnectionDeadlines deadlines, ConnectionBounds bounds, IHostApplicationLifetime lifetime, ILogger<ListenerConnections> log)
{
    /// <summary>proxy-protocol.txt §2: a receiver may give up after three seconds or later; retransmissions fit into ten.</summary>
    private static readonly TimeSpan ProxyHeaderTimeout = TimeSpan.FromSeconds(10);

    private static readonly Counter<long> ProxyFaults =
        Telemetry.Meter.CreateCounter<long>("mailmesh.proxy.faults", "{connection}", "Connections of configured proxies that were cut because no PROXY header came, by listener");

    private static readonly UpDownCounter<long> Open =
        Telemetry.Meter.CreateUpDownCounter<long>("mailmesh.connections", "{connection}", "Open connections of each listener");

    private static readonly Counter<long> Refused =
        Telemetry.Meter.CreateCounter<long>("mailmesh.connections.refused", "{connection}", "Connections closed without a word, by listener and by what there were too many of");

    public async Task ServeAsync(ConnectionContext context, Listener listener, SessionDelegate session)
    {
        if (!bounds.TryEnter())
        {
            // No word is said: what has no room for one more connection has none to wait for its goodbye.
            Refused.Add(1, new("listener", listener.Name), new("reason", "connections"));
            context.Abort();
            return;
        }
        var tag = new KeyValuePair<string, object?>("listener", listener.Name);
        Open.Add(1, tag);
        var remote = context.RemoteEndPoint as IPEndPoint ?? new IPEndPoint(IPAddress.Loopback, 0);
        var local = context.LocalEndPoint as IPEndPoint ?? new IPEndPoint(IPAddress.Loopback, 0);
        var connection = new WireConnection(context.Transport, remote, local, deadlines, context.Abort);
        try
        {
            if (listener.Proxies.Contains(remote.Address))
                await connection.ReadProxyHeaderAsync(ProxyHeaderTimeout, lifetime.ApplicationStopping);
            if (listener.ImplicitTls)
                await HandshakeAsync(connection, listener);
            await session(connection, lifetime.ApplicationStopping);
        }
        catch (ProxyHeaderException failure)
        {
            ProxyFaults.Add(1, tag);
            LogNoProxyHeader(log, listener.Name, remote, failure.Message);
        }
        catch (Exception failure) when (failure is IOException or AuthenticationException or OperationCanceledException or ConnectionAbortedException)
        {
            LogEnded(log, listener.Name, connection.Remote, failure.Message);
        }
        catch (Exception failure)
        {
            LogFailed(log, failure, listener.Name, connection.Remote);
        }
        finally
        {
            await CloseAsync(connection);
            Open.Add(-1, tag);
            bounds.Leave();
        }
    }

    private async Task HandshakeAsync(WireConnection connection, Listener listener)
    {
        if (!bounds.TryBeginHandshake())
        {
            Refused.Add(1, new("listener", listener.Name), new("reason", "handshakes"));
            throw new ConnectionAbortedException("Too many TLS handshakes are under way.");
        }
        try
        {
            await certificate.HandshakeAsync(connection, listener.Name, listener.IsForUsers, lifetime.ApplicationStopping);
        }
        finally
        {
            bounds.EndHandshake();
        }
    }

    private static async Task CloseAsync(WireConnection connection)
    {
        try
        {
            await connection.DisposeAsync();
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or InvalidOperationException or ConnectionAbortedException)
        {
            Debug.WriteLine(failure.Message); // the client is gone: there is nobody to close for
        }
    }

    [LoggerMessage(1001, LogLevel.Debug, "{Listener} connection from {Remote} ended: {Reason}")]
    private static partial void LogEnded(ILogger log, string listener, IPEndPoint remote, string reason);

    [LoggerMessage(1003, LogLevel.Warning, "{Listener} connection from the proxy {Remote} was cut: {Reason} Correct MAILMESH__INGRESS__PROXYPROTOCOL__NETWORKS, or have the proxy send the header")]
    private static partial void LogNoProxyHeader(ILogger log, string listener, IPEndPoint remote, string reason);

    [LoggerMessage(1002, LogLevel.Error, "{Listener} connection from {Remote} failed")]
    private static partial void LogFailed(ILogger log, Exception failure, string listener, IPEndPoint remote);
}
