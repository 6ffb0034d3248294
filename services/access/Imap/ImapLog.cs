using System.Net;
using Microsoft.Extensions.Logging;

namespace MailMesh.Access.Imap;

/// <summary>Log lines of the IMAP service; event ids 5000 to 5099.</summary>
internal static partial class ImapLog
{
    [LoggerMessage(5001, LogLevel.Error, "{Command} of {Remote} failed: mail storage is away or damaged")]
    public static partial void StoreFailed(ILogger log, Exception failure, string command, IPEndPoint remote);

    [LoggerMessage(5002, LogLevel.Error, "{Command} of {Remote} failed")]
    public static partial void CommandFailed(ILogger log, Exception failure, string command, IPEndPoint remote);

    [LoggerMessage(5005, LogLevel.Error, "{Command} of {Remote} failed within a reply; the connection is cut")]
    public static partial void ReplyBroken(ILogger log, Exception failure, string command, IPEndPoint remote);

    [LoggerMessage(5003, LogLevel.Information, "Login of {User} from {Remote} failed")]
    public static partial void LoginFailed(ILogger log, string user, IPEndPoint remote);

    [LoggerMessage(5004, LogLevel.Warning, "Message {Uid} of {Mailbox} cannot be read")]
    public static partial void MessageUnreadable(ILogger log, Exception failure, long uid, string mailbox);
}
