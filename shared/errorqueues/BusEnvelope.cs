using System.Text.Json;

namespace MailMesh.ErrorQueues;

/// <summary>What can be told of a message on the bus from its envelope.</summary>
/// <param name="MessageType">The contract, such as MessageReceived.</param>
/// <param name="MessageId">The id of the mail message that it is about.</param>
public readonly record struct BusEnvelope(string? MessageType, string? MessageId)
{
    /// <summary>Nothing where the octets are no such envelope: a poison message may be anything.</summary>
    internal static BusEnvelope Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var envelope = JsonDocument.Parse(body);
            if (envelope.RootElement.ValueKind != JsonValueKind.Object)
                return default;
            return new BusEnvelope(TypeOf(envelope.RootElement), MessageIdOf(envelope.RootElement));
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    /// <summary>urn:message:MailMesh.Contracts:MessageReceived is a MessageReceived.</summary>
    private static string? TypeOf(JsonElement envelope) =>
        envelope.TryGetProperty("messageType", out var types) && types.ValueKind == JsonValueKind.Array && types.GetArrayLength() > 0
            ? types[0].GetString()?.Split(':')[^1]
            : null;

    private static string? MessageIdOf(JsonElement envelope) =>
        envelope.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.Object
        && message.TryGetProperty("messageId", out var id) && id.ValueKind == JsonValueKind.String
            ? id.GetString()
            : null;
}
