using System.Globalization;
using System.Text;
using RabbitMQ.Client;

namespace MailMesh.ErrorQueues;

/// <summary>A message in an error queue: what its consumer could not take.</summary>
public sealed class FailedMessage
{
    private readonly IReadOnlyBasicProperties _properties;

    internal FailedMessage(string queue, BasicGetResult result)
    {
        Queue = queue;
        Body = result.Body;
        _properties = result.BasicProperties;
        Id = _properties.MessageId is { Length: > 0 } id ? id : Guid.NewGuid().ToString();
        Headers = ReadHeaders(_properties);
        Envelope = BusEnvelope.Read(Body);
    }

    /// <summary>The queue that it could not be taken from.</summary>
    public string Queue { get; }

    /// <summary>AMQP's message-id; one that comes without gets one here, and keeps it.</summary>
    public string Id { get; }

    /// <summary>Every header of AMQP's properties, as text.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>The message as it was published.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>What the envelope says; empty where it cannot be read.</summary>
    public BusEnvelope Envelope { get; }

    public string? ContentType => _properties.ContentType;

    /// <summary>When it came into the error queue; null where nothing says so.</summary>
    public DateTimeOffset? FailedAt =>
        DateTimeOffset.TryParse(Headers.GetValueOrDefault(FaultHeaders.Timestamp), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : _properties.IsTimestampPresent() ? DateTimeOffset.FromUnixTimeSeconds(_properties.Timestamp.UnixTime) : null;

    /// <summary>Why its consumer failed.</summary>
    public string Fault => Headers.GetValueOrDefault(FaultHeaders.Message) is { } message
        ? Headers.GetValueOrDefault(FaultHeaders.ExceptionType) is { } type ? $"{type}: {message}" : message
        : Headers.GetValueOrDefault(FaultHeaders.Reason) ?? "unknown";

    /// <summary>The same properties again; as it was before it failed where <paramref name="afresh"/>.</summary>
    internal BasicProperties PropertiesToPublish(bool afresh)
    {
        var properties = new BasicProperties(_properties) { MessageId = Id, Persistent = true };
        properties.Headers = properties.Headers?
            .Where(header => !FaultHeaders.IsOfTransport(header.Key) && !(afresh && FaultHeaders.IsOfFault(header.Key)))
            .ToDictionary();
        return properties;
    }

    private static Dictionary<string, string> ReadHeaders(IReadOnlyBasicProperties properties)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in (properties.Headers ?? new Dictionary<string, object?>()).Where(header => !FaultHeaders.IsOfTransport(header.Key)))
            headers[name] = value is byte[] text ? Encoding.UTF8.GetString(text) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        return headers;
    }
}
