using System.Data.Common;
using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;
using RabbitMQ.Client.Exceptions;

namespace MailMesh.Hosting;

/// <summary>What an engine's exception means to the operator: one sentence that starts with the setting to look at, and holds no secret.</summary>
internal static class DependencyFault
{
    /// <param name="setting">The setting that names the engine; null for an embedded one.</param>
    public static string Explain(string? setting, Exception failure, MeshOptions? mesh)
    {
        var reason = Chain(failure).Select(Reason).FirstOrDefault(known => known is not null) ?? Innermost(failure).Message;
        var text = Text(setting, reason);
        return mesh is null ? text : mesh.Redact(text);
    }

    public static string Text(string? setting, string reason) => setting is null ? reason : $"{setting}: {reason}";

    private static string? Reason(Exception failure) => failure switch
    {
        SchemaMissingException missing => missing.Message,
        PostgresException refused => Postgres(refused),
        AuthenticationFailureException or PossibleAuthenticationFailureException => "the broker refuses this user or password",
        OperationInterruptedException { ShutdownReason: { } reason } => Broker(reason.ReplyCode, reason.ReplyText),
        Minio.Exceptions.ErrorResponseException refused => S3(refused.Response?.Code, refused.Message),
        SocketException broken => Socket(broken),
        AuthenticationException tls => $"TLS fails: {tls.Message}",
        TimeoutException => "does not answer in time",
        _ => null,
    };

    private static string Broker(ushort code, string text) => code switch
    {
        403 => $"the broker's user lacks a right to configure, write or read in the virtual host ({text})",
        406 => $"a queue or exchange was declared by somebody else in another way ({text})",
        // A connection that closed before gives the broker's words behind its own code.
        _ when code == 530 || text.Contains("NOT_ALLOWED - vhost", StringComparison.Ordinal) => $"the broker's virtual host does not exist, or is closed to the user ({text})",
        _ => $"the broker refuses: {text}",
    };

    /// <summary>By SQLSTATE: the texts come in the server's language.</summary>
    private static string Postgres(PostgresException refused) => refused.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => $"the database server refuses this user or password ({refused.MessageText})",
        PostgresErrorCodes.InvalidCatalogName => $"the database does not exist ({refused.MessageText})",
        PostgresErrorCodes.InsufficientPrivilege => $"the user lacks a right ({refused.MessageText})",
        PostgresErrorCodes.UndefinedTable => "the database has no MailMesh schema yet: start storage",
        PostgresErrorCodes.CannotConnectNow => $"the database server is starting or stopping ({refused.MessageText})",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => "the database server is stopping",
        PostgresErrorCodes.TooManyConnections => "the database server has no connection left: raise its max_connections, or lower 'Maximum Pool Size'",
        _ => $"the database server says {refused.SqlState}: {refused.MessageText}",
    };

    private static string S3(string? code, string message) => code switch
    {
        "InvalidAccessKeyId" => "the object store does not know the key of MAILMESH__BLOBS__S3__ACCESSKEY",
        "SignatureDoesNotMatch" => "the object store refuses the key of MAILMESH__BLOBS__S3__SECRETKEY",
        "AccessDenied" => "the object store denies access: look at MAILMESH__BLOBS__S3__ACCESSKEY, __SECRETKEY and the rights on MAILMESH__BLOBS__S3__BUCKET",
        "NoSuchBucket" => "the object store has no bucket of the name in MAILMESH__BLOBS__S3__BUCKET",
        "InvalidBucketName" => "the object store takes no bucket of the name in MAILMESH__BLOBS__S3__BUCKET",
        null => $"the object store says: {message}",
        _ => $"the object store says {code}: {message}",
    };

    private static string Socket(SocketException broken) => broken.SocketErrorCode switch
    {
        SocketError.HostNotFound or SocketError.NoData => "the host's name does not resolve",
        SocketError.TryAgain => "the host's name does not resolve at the moment",
        SocketError.ConnectionRefused => "nothing listens there (connection refused)",
        SocketError.TimedOut => "does not answer in time",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "there is no route to the host",
        _ => $"the connection failed ({broken.Message})",
    };

    private static IEnumerable<Exception> Chain(Exception failure)
    {
        yield return failure;
        var inner = failure is AggregateException many ? many.InnerExceptions : failure.InnerException is { } one ? [one] : (IReadOnlyList<Exception>)[];
        foreach (var deeper in inner.SelectMany(Chain))
            yield return deeper;
    }

    private static Exception Innermost(Exception failure) => Chain(failure).FirstOrDefault(cause => cause is DbException) ?? failure;
}
