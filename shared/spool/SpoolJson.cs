using System.Text.Json.Serialization;
using MailMesh.Contracts;

namespace MailMesh.Spool;

/// <summary>The payload of a spool row; fields are added, never renamed (promise 6).</summary>
[JsonSerializable(typeof(MessageReceived))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
internal sealed partial class SpoolJson : JsonSerializerContext;
