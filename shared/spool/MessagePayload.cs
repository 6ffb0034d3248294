using System.Text.Json;
using MailMesh.Contracts;

namespace MailMesh.Spool;

/// <summary>A <see cref="MessageReceived"/> as the text that tables keep; what an earlier version wrote is read.</summary>
public static class MessagePayload
{
    public static string Write(MessageReceived message) => JsonSerializer.Serialize(message, SpoolJson.Default.MessageReceived);

    /// <exception cref="JsonException">The text is none.</exception>
    public static MessageReceived Read(string payload) => JsonSerializer.Deserialize(payload, SpoolJson.Default.MessageReceived)!;
}
