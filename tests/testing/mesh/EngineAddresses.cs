using Npgsql;

namespace MailMesh.Testing;

/// <summary>Where the three engines of a mesh answer, with the credentials of a user who may do everything there.</summary>
/// <param name="RabbitMq">amqp://user:password@host:port/.</param>
/// <param name="Management">RabbitMQ's management API, http://user:password@host:port/.</param>
/// <param name="Postgres">Npgsql's connection string, to a database from which others can be made.</param>
/// <param name="S3">http://accesskey:secretkey@host:port/.</param>
public sealed record EngineAddresses(Uri RabbitMq, Uri Management, string Postgres, Uri S3)
{
    private static readonly string[] Variables = ["MAILMESH_TEST_RABBITMQ", "MAILMESH_TEST_RABBITMQ_MANAGEMENT", "MAILMESH_TEST_POSTGRES", "MAILMESH_TEST_S3"];

    /// <summary>Why a test that needs the engines cannot run; null where it can.</summary>
    public static string? Missing =>
        Array.Find(Variables, name => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name))) is { } missing
            ? $"{missing} is not set: tests/run brings the engines up and sets it."
            : null;

    public int PostgresPort => new NpgsqlConnectionStringBuilder(Postgres).Port;

    /// <summary>The engines that tests/run brought up.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public static EngineAddresses FromEnvironment()
    {
        if (Missing is { } missing)
            throw new InvalidOperationException(missing);
        return From(name => Environment.GetEnvironmentVariable(name)!);
    }

    /// <param name="value">The value of a variable.</param>
    internal static EngineAddresses From(Func<string, string> value) =>
        new(new Uri(value(Variables[0])), new Uri(value(Variables[1])), value(Variables[2]), new Uri(value(Variables[3])));

    /// <summary>The same engines by way of proxies, but for the management API.</summary>
    public EngineAddresses Through(int rabbitMq, int postgres, int s3) => this with
    {
        RabbitMq = new UriBuilder(RabbitMq) { Port = rabbitMq }.Uri,
        Postgres = new NpgsqlConnectionStringBuilder(Postgres) { Port = postgres }.ConnectionString,
        S3 = new UriBuilder(S3) { Port = s3 }.Uri,
    };

    /// <summary>User and password of a URI; an Authorization header wants them apart.</summary>
    internal static (string User, string Password) Credentials(Uri uri)
    {
        var parts = uri.UserInfo.Split(':', 2);
        return (Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }
}
