using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;
using MailMesh.Mime;
using MailMesh.Wire;

namespace MailMesh.Access.Imap;

/// <summary>Writes replies in the grammar of RFC 3501 §9. What is written gathers until it is flushed, at a command's end or past a threshold.</summary>
/// <param name="enabled">What the client enabled; null for nothing.</param>
internal sealed class ImapWriter(WireConnection connection, TimeSpan timeout, EnabledExtensions? enabled = null)
{
    /// <summary>Longer strings go as literals: clients have line limits.</summary>
    private const int MaxQuoted = 1000;

    private static readonly SearchValues<char> NotQuotable = SearchValues.Create(
        string.Concat(Enumerable.Range(0, 0x20).Select(c => (char)c)) + "\x7F");

    /// <summary>A reply has been started whose end is still to be written; nothing else may stand in between.</summary>
    public bool InReply { get; set; }

    /// <summary>The client enabled UTF-8: mailbox names are such on the wire.</summary>
    public bool IsUtf8 => enabled?.Utf8Names == true;

    private PipeWriter Output => connection.Output;

    public void Write(ReadOnlySpan<byte> octets) => Output.Write(octets);

    public void Write(string text) => Encoding.UTF8.GetBytes(text, Output);

    public void Write(char c) => Output.Write([(byte)c]);

    public void Write(long number)
    {
        var span = Output.GetSpan(20);
        Utf8Formatter.TryFormat(number, span, out var written);
        Output.Advance(written);
    }

    public void CrLf() => Output.Write("\r\n"u8);

    /// <summary>An untagged reply of one line.</summary>
    public void Untagged(string text)
    {
        Write("* "u8);
        Write(text);
        CrLf();
    }

    /// <summary>An untagged reply of a number and a word, such as '* 3 EXISTS'.</summary>
    public void Untagged(long number, ReadOnlySpan<byte> word)
    {
        Write("* "u8);
        Write(number);
        Write(' ');
        Write(word);
        CrLf();
    }

    public void Tagged(string tag, Completion completion)
    {
        Write(tag);
        Write(completion.Status switch
        {
            CompletionStatus.Ok => " OK "u8,
            CompletionStatus.No => " NO "u8,
            _ => " BAD "u8,
        });
        if (completion.Code is { } code)
        {
            Write('[');
            Write(code);
            Write("] "u8);
        }
        Write(completion.Text);
        CrLf();
    }

    /// <summary>nstring: NIL, a quoted string, or a literal where quotes cannot hold it.</summary>
    public void Nstring(string? value)
    {
        if (value is null)
            Write("NIL"u8);
        else
            String(value);
    }

    /// <summary>string: quoted, or a literal for 8-bit, CR, LF and great length (RFC 3501 §4.3).</summary>
    public void String(string value)
    {
        if (value.Length > MaxQuoted || !Ascii.IsValid(value) || value.AsSpan().ContainsAny(NotQuotable))
            Literal(value);
        else
            Quoted(value);
    }

    /// <summary>astring: bare where an atom holds it.</summary>
    public void Astring(string value)
    {
        if (IsAtom(value))
            Write(value);
        else
            String(value);
    }

    /// <summary>RFC 5464 §5 value: NIL, a quoted string, a literal, or a literal8 for octets that no other can hold.</summary>
    public void Value(byte[]? value)
    {
        if (value is null)
        {
            Write("NIL"u8);
            return;
        }
        if (value.Length <= MaxQuoted && !value.AsSpan().ContainsAnyExceptInRange((byte)0x20, (byte)0x7e))
        {
            Quoted(Encoding.ASCII.GetString(value));
            return;
        }
        if (value.Contains((byte)0))
            Write('~');
        LiteralStart(value.Length);
        Write(value);
    }

    /// <summary>nstring of a header field's octets (see <see cref="HeaderOctets"/>).</summary>
    public void HeaderNstring(string? value)
    {
        if (value is null)
            Write("NIL"u8);
        else
            HeaderString(value);
    }

    /// <summary>string of a header field's octets, which need not be UTF-8.</summary>
    public void HeaderString(string value)
    {
        if (value.Length <= MaxQuoted && Ascii.IsValid(value) && !value.AsSpan().ContainsAny(NotQuotable))
        {
            Quoted(value);
            return;
        }
        var octets = value.Replace("\0", "", StringComparison.Ordinal);
        LiteralStart(HeaderOctets.Length(octets));
        HeaderOctets.Write(octets, Output);
    }

    /// <summary>A mailbox name: bare where an atom holds it.</summary>
    public void Mailbox(string name)
    {
        var wire = IsUtf8 ? name : ModifiedUtf7.Encode(name);
        if (IsAtom(wire))
            Write(wire);
        else if (IsUtf8)
            Quoted(wire); // no name holds a control character
        else
            String(wire);
    }

    /// <summary>An ASCII text within quotes, for a response code.</summary>
    public static string QuotedText(string text) => $"\"{string.Concat(text.Where(c => c is >= ' ' and <= '~')).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>The start of a literal; exactly so many octets follow.</summary>
    public void LiteralStart(long octets)
    {
        Write('{');
        Write(octets);
        Write("}\r\n"u8);
    }

    /// <summary>Sends exactly <paramref name="octets"/> of a stream.</summary>
    /// <exception cref="EndOfStreamException">The stream holds fewer: the reply can no longer be completed.</exception>
    public async ValueTask CopyAsync(Stream source, long octets)
    {
        while (octets > 0)
        {
            var memory = Output.GetMemory(4096);
            var read = await source.ReadAsync(memory[..(int)Math.Min(octets, memory.Length)]);
            if (read == 0)
                throw new EndOfStreamException("A message in the store is shorter than its index says.");
            Output.Advance(read);
            octets -= read;
            await FlushIfLargeAsync();
        }
    }

    public ValueTask FlushIfLargeAsync() =>
        Output.CanGetUnflushedBytes && Output.UnflushedBytes < ImapOptions.FlushThreshold ? ValueTask.CompletedTask : FlushAsync();

    /// <exception cref="IOException">The client has gone: there is nobody to go on for.</exception>
    public async ValueTask FlushAsync()
    {
        await connection.FlushAsync(timeout);
        if (connection.IsOutputClosed)
            throw new IOException("The client has gone.");
    }

    private static bool IsAtom(string text)
    {
        if (text.Length == 0 || text.Equals("NIL", StringComparison.OrdinalIgnoreCase))
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('/' or '.' or '-' or '_' or '&' or '+' or ','))
                return false;
        }
        return true;
    }

    private void Quoted(string value)
    {
        Write('"');
        if (value.AsSpan().IndexOfAny('"', '\\') < 0)
            Write(value);
        else
            Write(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal));
        Write('"');
    }

    private void Literal(string value)
    {
        // RFC 3501 §9: CHAR8 is any octet but NUL.
        var text = value.Replace("\0", "", StringComparison.Ordinal);
        LiteralStart(Encoding.UTF8.GetByteCount(text));
        Write(text);
    }
}
