using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MailMesh.Tracking;

/// <summary>The facts of a line as a JSON object, in their order.</summary>
internal sealed class TrackingDetail
{
    private const string Nothing = "{}";

    // The text is never put into HTML as it stands, and a reader of the table wants to read it.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);

    public string Encode(IReadOnlyDictionary<string, string> detail)
    {
        if (detail.Count == 0)
            return Nothing;
        _buffer.ResetWrittenCount();
        using var json = new Utf8JsonWriter(_buffer, Options);
        json.WriteStartObject();
        foreach (var (name, value) in detail)
            json.WriteString(name, value);
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(_buffer.WrittenSpan);
    }

    public static IReadOnlyDictionary<string, string> Decode(string json)
    {
        if (json == Nothing)
            return new Dictionary<string, string>();
        using var document = JsonDocument.Parse(json);
        return new OrderedDictionary<string, string>(document.RootElement.EnumerateObject().Select(fact =>
            KeyValuePair.Create(fact.Name, fact.Value.ValueKind == JsonValueKind.String ? fact.Value.GetString()! : fact.Value.GetRawText())));
    }
}
