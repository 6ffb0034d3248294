using System.Net;
using MailMesh.Hosting;
using Microsoft.Extensions.Logging;

namespace MailMesh.Ingress.Session;

/// <summary>Log lines of the service: 2000 to 2999.</summary>
internal static partial class SessionLog
{
    /// <summary>In an outage one line for each message, without the stack that all have in common.</summary>
    public static void NotKept(ILogger log, Exception failure, string messageId) =>
        NotKept(log, PassingFaults.Unexplained(failure), messageId, failure.GetBaseException().Message);

    public static void DirectoryFailed(ILogger log, Exception failure, string messageId) =>
        DirectoryFailed(log, PassingFaults.Unexplained(failure), messageId, failure.GetBaseException().Message);

    [LoggerMessage(2001, LogLevel.Information, "{MessageId} accepted: from <{ReversePath}> to {Recipients} recipients, {Bytes} octets, {Listener} client {Remote}")]
    public static partial void Accepted(ILogger log, string messageId, string reversePath, int recipients, long bytes, string listener, IPAddress remote);

    [LoggerMessage(2002, LogLevel.Information, "{MessageId} refused at {Stage}: {Reply}; from <{ReversePath}> to <{ForwardPath}>, client {Remote}")]
    public static partial void Refused(ILogger log, string messageId, string stage, string reply, string reversePath, string? forwardPath, IPAddress remote);

    [LoggerMessage(2003, LogLevel.Warning, "{MessageId} could not be kept: the client was told to try again: {Reason}")]
    private static partial void NotKept(ILogger log, Exception? failure, string messageId, string reason);

    [LoggerMessage(2004, LogLevel.Warning, "{MessageId}: the directory does not answer: the client was told to try again: {Reason}")]
    private static partial void DirectoryFailed(ILogger log, Exception? failure, string messageId, string reason);

    [LoggerMessage(2005, LogLevel.Information, "{Account} authenticated from {Remote} on {Listener}")]
    public static partial void Authenticated(ILogger log, string account, IPAddress remote, string listener);

    [LoggerMessage(2006, LogLevel.Information, "Authentication from {Remote} on {Listener} failed")]
    public static partial void AuthFailed(ILogger log, IPAddress remote, string listener);

    [LoggerMessage(2007, LogLevel.Information, "{MessageId}: no verdict in time, answered 250; filtering goes on")]
    public static partial void NoVerdict(ILogger log, string messageId);

    [LoggerMessage(2008, LogLevel.Warning, "{MessageId} was refused by filtering but could not be forgotten: answered 250, filtering judges it again")]
    public static partial void NotForgotten(ILogger log, Exception failure, string messageId);

    [LoggerMessage(2011, LogLevel.Information, "Session {SessionId} refused at {Stage}: {Reply}; {Listener} client {Remote}")]
    public static partial void SessionRefused(ILogger log, string sessionId, string stage, string reply, string listener, IPAddress remote);

    [LoggerMessage(2010, LogLevel.Warning, "A body that the object store took too long for could not be let go")]
    public static partial void NotDisposed(ILogger log, Exception failure);

    [LoggerMessage(2009, LogLevel.Information, "{MessageId}: the refusal came after the 250: filtering judges it again as accepted mail")]
    public static partial void LateRefusal(ILogger log, string messageId);
}
