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

    /// <summary>The engines that tests/run brought up.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    public static EngineAddresses FromEnvironment()
    {
        if (Missing is { } missing)
            throw new InvalidOperationException(missing);
        var values = Variables.Select(name => Environment.GetEnvironmentVariable(name)!).ToArray();
        return new EngineAddresses(new Uri(values[0]), new Uri(values[1]), values[2], new Uri(values[3]));
    }

    /// <summary>User and password of a URI; an Authorization header wants them apart.</summary>
    internal static (string User, string Password) Credentials(Uri uri)
    {
        var parts = uri.UserInfo.Split(':', 2);
        return (Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }
}
