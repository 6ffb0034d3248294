using MailMesh.Blobs;

namespace MailMesh.Hosting;

/// <summary>The engines that the services of a mesh share: all three, or none in standalone.</summary>
public sealed record MeshOptions
{
    private const string RabbitMqKey = "Bus:RabbitMq";
    private const string PostgresKey = "Store:Postgres";
    private const string S3Key = "Blobs:S3:Endpoint";

    /// <summary>The broker, amqp://user:password@host:port/vhost. Holds a secret.</summary>
    public required Uri RabbitMq { get; init; }

    /// <summary>Npgsql's connection string. Holds a secret.</summary>
    public required string Postgres { get; init; }

    public required S3Options S3 { get; init; }

    /// <summary>Null where none of the three is set.</summary>
    /// <exception cref="SettingException">Some are set and others not, or a value is wrong.</exception>
    internal static MeshOptions? From(Settings settings)
    {
        string[] keys = [RabbitMqKey, PostgresKey, S3Key];
        if (keys.All(key => settings.Text(key) is null))
            return null;
        if (keys.FirstOrDefault(key => settings.Text(key) is null) is { } missing)
            throw new SettingException(missing, $"is missing: a mesh needs {string.Join(", ", keys.Select(SettingException.NameOf))}, all three");
        return new MeshOptions
        {
            RabbitMq = Broker(settings),
            Postgres = settings.Text(PostgresKey)!,
            S3 = new S3Options
            {
                Endpoint = settings.Uri(S3Key)!,
                AccessKey = settings.Text("Blobs:S3:AccessKey") ?? throw new SettingException("Blobs:S3:AccessKey", "is missing"),
                SecretKey = settings.Text("Blobs:S3:SecretKey") ?? throw new SettingException("Blobs:S3:SecretKey", "is missing"),
                Bucket = settings.Text("Blobs:S3:Bucket") ?? "mailmesh",
                Region = settings.Text("Blobs:S3:Region") ?? "us-east-1",
            },
        };
    }

    private static Uri Broker(Settings settings) =>
        Uri.TryCreate(settings.Text(RabbitMqKey), UriKind.Absolute, out var uri) && uri.Scheme is "amqp" or "amqps"
            ? uri
            : throw new SettingException(RabbitMqKey, "takes amqp://user:password@host:port/vhost, or amqps://");
}
