using System.Data.Common;
using System.Net.Http;
using System.Net.Sockets;
using MailMesh.Blobs;
using MailMesh.Database;
using MassTransit;

namespace MailMesh.Hosting;

/// <summary>Tells a dependency that is away for a while from a message that will never be taken.</summary>
public static class PassingFaults
{
    /// <summary>What a log line tells of a failure: the stack only of one that no outage explains.</summary>
    public static Exception? Unexplained(Exception failure) => IsPassing(failure) ? null : failure;

    /// <summary>True when the same work may succeed later as it is.</summary>
    public static bool IsPassing(Exception failure) => failure switch
    {
        BlobException => false, // the body is gone or damaged
        DbException => DatabaseFaults.IsPassing(failure),
        IOException or SocketException or TimeoutException or HttpRequestException => true,
        OperationCanceledException => true, // a time-out of a client library
        ConnectionException or TransportException or MessageReturnedException => true, // a queue that is gone is declared again
        AggregateException several => several.InnerExceptions.All(IsPassing),
        _ => DatabaseFaults.IsPassing(failure) || failure.InnerException is { } cause && IsPassing(cause),
    };
}
