using System.Data.Common;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace MailMesh.Hosting;

/// <summary>A start that failed, as a line for the operator and an exit code of sysexits.</summary>
internal sealed record StartFailure(int ExitCode, string Line)
{
    private const int Unavailable = 69; // EX_UNAVAILABLE
    private const int Bug = 70; // EX_SOFTWARE
    private const int CannotCreate = 73; // EX_CANTCREAT
    private const int WrongConfiguration = 78; // EX_CONFIG

    /// <param name="listeners">What the process wanted to listen on.</param>
    public static StartFailure Explain(Exception failure, IReadOnlyList<OpenListener> listeners) => failure switch
    {
        SettingException wrong => new(WrongConfiguration, wrong.Message),
        DataFolderException folder => new(CannotCreate, folder.Message),
        IOException { InnerException: AddressInUseException } or SocketException => Blocked(listeners) ?? new(Unavailable, failure.Message),
        DbException database => new(Unavailable, $"The database cannot be used: {database.Message}"),
        IOException or UnauthorizedAccessException => new(CannotCreate, failure.Message),
        _ => new(Bug, $"Ended unexpectedly: {failure}"),
    };

    /// <summary>The first listener that cannot be opened, if there is one. Kestrel does not say which: we try each.</summary>
    public static StartFailure? Blocked(IReadOnlyList<OpenListener> listeners)
    {
        foreach (var listener in listeners)
        {
            try
            {
                using var socket = new Socket(listener.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(listener.EndPoint);
                socket.Listen();
            }
            catch (SocketException refused)
            {
                var advice = refused.SocketErrorCode switch
                {
                    SocketError.AddressAlreadyInUse => "is in use by another program. Stop that, or use --port-offset N",
                    SocketError.AccessDenied => "is not open to this user. Grant the right to bind low ports (systemd: AmbientCapabilities=CAP_NET_BIND_SERVICE)",
                    SocketError.AddressNotAvailable => "is on an address that this machine does not have. Correct the address",
                    _ => $"cannot be listened on ({refused.Message}). Choose another address",
                };
                return new(Unavailable, $"Port {listener.EndPoint} ({listener.Name}) {advice}, or set MAILMESH__LISTEN__{listener.Name.ToUpperInvariant()}=address:port.");
            }
        }
        return null;
    }
}
