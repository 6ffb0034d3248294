using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace MailMesh.Cli;

/// <summary>What a command says: for a person as text, for a program as JSON.</summary>
public sealed class Output(Terminal terminal, bool json)
{
    /// <summary>Addresses and names stay readable; nobody puts this output into HTML.</summary>
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool Json { get; } = json;

    /// <summary>One thing: its JSON, or the sentence.</summary>
    public int Say<T>(T value, JsonTypeInfo<T> type, string sentence)
    {
        if (Json)
            WriteJson(writer => JsonSerializer.Serialize(writer, value, type));
        else
            terminal.Out.WriteLine(sentence);
        return ExitCode.Ok;
    }

    /// <summary>A list: a JSON array, or a table; where there is nothing, <paramref name="nothing"/>.</summary>
    public async Task<int> ListAsync<T>(IAsyncEnumerable<T> items, JsonTypeInfo<T> type, string nothing, string[] columns, Func<T, string[]> row)
    {
        var all = new List<T>();
        await foreach (var item in items)
            all.Add(item);
        if (Json)
            WriteJson(writer =>
            {
                writer.WriteStartArray();
                foreach (var item in all)
                    JsonSerializer.Serialize(writer, item, type);
                writer.WriteEndArray();
            });
        else if (all.Count == 0)
            terminal.Out.WriteLine(nothing);
        else
            Table(columns, all.Select(row));
        return ExitCode.Ok;
    }

    /// <summary>Columns in bold and their rows; a terminal wraps what is too wide, a file gets each row as one line.</summary>
    public void Table(string[] columns, IEnumerable<string[]> rows)
    {
        var cells = rows.Select(row => row.Select(Printable).ToArray()).ToList();
        if (!terminal.Interactive)
        {
            WriteLines([columns, .. cells]);
            return;
        }
        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (var column in columns)
            table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))).PadLeft(0).PadRight(2));
        foreach (var row in cells)
            table.AddRow([.. row.Select(cell => new Text(cell))]);
        terminal.Console.Write(table);
    }

    private void WriteLines(List<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            terminal.Out.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    /// <summary>Control characters come from strangers' mail and would drive the terminal.</summary>
    public static string Printable(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c)) : text;

    public static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", null);

    private void WriteJson(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
            write(writer);
        terminal.Out.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }
}
