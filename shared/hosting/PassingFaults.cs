using System.Data.Common;
using System.Net.Http;
using System.Net.Sockets;
using MailMesh.Blobs;
using MassTransit;

namespace MailMesh.Hosting;

/// <summary>Tells a dependency that is away for a while from a message that will never be taken.</summary>
public static class PassingFaults
{
    /// <summary>True when the same work may succeed later as it is.</summary>
    public static bool IsPassing(Exception failure) => failure switch
    {
        BlobException => false, // the body is gone or damaged
        DbException database => database.IsTransient || database.InnerException is { } cause && IsPassing(cause),
        IOException or SocketException or TimeoutException or HttpRequestException => true,
        OperationCanceledException => true, // a time-out of a client library
        ConnectionException or TransportException or MessageReturnedException => true, // a queue that is gone is declared again
        AggregateException several => several.InnerExceptions.All(IsPassing),
        { InnerException: { } cause } => IsPassing(cause),
        _ => false,
    };
}
