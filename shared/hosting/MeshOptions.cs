using MailMesh.Blobs;
using Npgsql;

namespace MailMesh.Hosting;

/// <summary>The engines that the services of a mesh share: all three, or none in standalone.</summary>
public sealed record MeshOptions
{
    internal const string RabbitMqKey = "Bus:RabbitMq";
    internal const string PostgresKey = "Store:Postgres";
    internal const string S3Key = "Blobs:S3:Endpoint";

    /// <summary>The settings of a mesh, for people.</summary>
    internal static readonly string Needed =
        $"{SettingException.NameOf(RabbitMqKey)}, {SettingException.NameOf(PostgresKey)}, {SettingException.NameOf(S3Key)} (with __ACCESSKEY, __SECRETKEY, __BUCKET beside it)";

    /// <summary>The broker, amqp://user:password@host:port/vhost. Holds a secret.</summary>
    public required Uri RabbitMq { get; init; }

    /// <summary>Npgsql's connection string. Holds a secret.</summary>
    public required string Postgres { get; init; }

    public required S3Options S3 { get; init; }

    /// <summary>Null where none of the three is set.</summary>
    /// <exception cref="SettingException">Some are set and others not, or a value is wrong.</exception>
    internal static MeshOptions? From(Settings settings)
    {
        var engines = new Dictionary<string, string?>
        {
            [RabbitMqKey] = settings.Text("Bus:RabbitMq"),
            [PostgresKey] = settings.Text("Store:Postgres"),
            [S3Key] = settings.Text("Blobs:S3:Endpoint"),
        };
        if (engines.Values.All(value => value is null))
            return null;
        if (engines.FirstOrDefault(engine => engine.Value is null) is { Key: { } missing })
            throw new SettingException(missing, $"is missing: a mesh needs {Needed}, all of them");
        return new MeshOptions
        {
            RabbitMq = Broker(engines[RabbitMqKey]!),
            Postgres = ConnectionString(engines[PostgresKey]!),
            S3 = new S3Options
            {
                Endpoint = settings.Uri(S3Key)!,
                AccessKey = settings.Text("Blobs:S3:AccessKey") ?? throw new SettingException("Blobs:S3:AccessKey", "is missing"),
                SecretKey = settings.Text("Blobs:S3:SecretKey") ?? throw new SettingException("Blobs:S3:SecretKey", "is missing"),
                Bucket = settings.Text("Blobs:S3:Bucket") ?? "mailmesh",
                Region = settings.Text("Blobs:S3:Region") ?? "us-east-1",
                CacheBytes = settings.Number("Blobs:CacheBytes", 64L * 1024 * 1024, 0, 64L * 1024 * 1024 * 1024),
            },
        };
    }

    /// <summary>For a service alone: a process of its own on embedded engines would share its mail with nobody.</summary>
    internal static SettingException MissingFor(string service) =>
        new(RabbitMqKey, $"is missing: {service} alone needs the engines of a mesh, {Needed}. Without engines, standalone runs every service in one process");

    private static string ConnectionString(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text) is { Host: not null } known
                ? known.ConnectionString
                : throw new SettingException(PostgresKey, "names no Host");
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new SettingException(PostgresKey, "takes Npgsql's connection string, Host=…;Username=…;Password=…;Database=…");
        }
    }

    /// <summary>A text that came from an engine or its client, without our secrets.</summary>
    internal string Redact(string text)
    {
        var password = new NpgsqlConnectionStringBuilder(Postgres).Password;
        var broker = Uri.UnescapeDataString(RabbitMq.UserInfo.Split(':', 2).ElementAtOrDefault(1) ?? "");
        // A secret of a letter or two would take the text apart and is none.
        foreach (var secret in new[] { password, broker, S3.SecretKey }.Where(secret => secret?.Length > 3))
            text = text.Replace(secret!, "(hidden)", StringComparison.Ordinal);
        return text;
    }

    private static Uri Broker(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "amqp" or "amqps"
            ? uri
            : throw new SettingException(RabbitMqKey, "takes amqp://user:password@host:port/vhost, or amqps://");
}
