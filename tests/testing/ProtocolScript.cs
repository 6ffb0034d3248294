using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace MailMesh.Testing;

/// <summary>Runs transcripts, one line an exchange, against one or several sessions.</summary>
/// <remarks>
/// <code>
/// C: text     the client sends the text and CRLF; consecutive C lines go out in one write, as a pipelining client does
/// C~ text     as C, without CRLF and with escapes: \r \n \0 \t \\ \xHH
/// S: text     the server's next line is this; … stands for any text, {name} captures text without blanks (or, once captured, is that text)
///             a refusal by SMTP (S: 4xx … and S: 5xx …) ends with the id that it can be traced by, which the line leaves out: ' (id 32 hex digits)'
/// S/ regex    the server's next line matches
/// S> text     as S, after any other lines
/// TLS         the client makes its half of a TLS handshake
/// END         the server has closed
/// # text      a comment; blank lines are skipped
/// </code>
/// With several sessions a digit names one: C2: S2: TLS2 END2; none means the first.
/// </remarks>
public sealed partial class ProtocolScript(params ScriptedSession[] sessions)
{
    private readonly StringBuilder _log = new();
    private readonly StringBuilder _pending = new();
    private ScriptedSession _pendingTo = sessions[0];

    /// <summary>What {name} captured.</summary>
    public Dictionary<string, string> Captured { get; } = [];

    /// <summary>Runs a transcript; a reply that differs fails the test and shows the exchange so far.</summary>
    public async Task RunAsync(string transcript)
    {
        foreach (var line in transcript.Split('\n').Select(line => line.TrimEnd('\r').TrimStart()))
        {
            if (line.Length > 0 && line[0] != '#')
                await StepAsync(line);
        }
        await SendPendingAsync();
    }

    private async Task StepAsync(string line)
    {
        var step = StepPattern().Match(line);
        if (!step.Success)
            throw new FormatException($"Not a line of a transcript: {line}");
        var session = sessions[step.Groups["session"].Length == 0 ? 0 : step.Groups["session"].Value[0] - '1'];
        var text = step.Groups["text"].Value;
        if (step.Groups["who"].Value == "C")
        {
            if (!ReferenceEquals(session, _pendingTo))
                await SendPendingAsync();
            _pendingTo = session;
            _pending.Append(step.Groups["kind"].Value == "~" ? Unescape(text) : Substitute(text) + "\r\n");
            _log.Append(line).Append('\n');
            return;
        }
        await SendPendingAsync();
        switch (step.Groups["who"].Value)
        {
            case "S" when step.Groups["kind"].Value == ">":
                await SkipToAsync(session, text);
                break;
            case "S":
                Expect(await ReadAsync(session), text, isRegex: step.Groups["kind"].Value == "/");
                break;
            case "TLS":
                await session.StartTlsAsync();
                break;
            case "END":
                Check(await ReadAsync(session) is null, "the server to close");
                break;
        }
    }

    private async Task SkipToAsync(ScriptedSession session, string expected)
    {
        var pattern = PatternOf(expected);
        string? actual;
        do
        {
            actual = await ReadAsync(session);
        }
        while (actual is not null && !Regex.IsMatch(actual, pattern, RegexOptions.CultureInvariant | RegexOptions.Singleline));
        Expect(actual, expected, isRegex: false);
    }

    private void Expect(string? actual, string expected, bool isRegex)
    {
        var match = actual is null ? Match.Empty : Regex.Match(actual, isRegex ? expected : PatternOf(expected), RegexOptions.CultureInvariant | RegexOptions.Singleline);
        Check(match.Success, expected);
        foreach (var group in match.Groups.Values.Where(group => !char.IsAsciiDigit(group.Name[0])))
            Captured[group.Name] = group.Value;
    }

    private async Task<string?> ReadAsync(ScriptedSession session)
    {
        try
        {
            var line = await session.ReadLineAsync();
            _log.Append("   got: ").Append(line ?? "(closed)").Append('\n');
            return line;
        }
        catch (TimeoutException)
        {
            Check(false, "a reply");
            throw;
        }
    }

    private void Check(bool holds, string expected)
    {
        if (!holds)
            Assert.Fail($"Expected: {expected}\nThe exchange:\n{_log}");
    }

    private async Task SendPendingAsync()
    {
        if (_pending.Length == 0)
            return;
        var text = _pending.ToString();
        _pending.Clear();
        // A character that \xHH made is that octet; everything else is UTF-8.
        using var octets = new MemoryStream();
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is >= RawOctets and < RawOctets + 256)
                octets.WriteByte((byte)(rune.Value - RawOctets));
            else
                octets.Write(Encoding.UTF8.GetBytes(rune.ToString()));
        }
        await _pendingTo.SendAsync(octets.ToArray());
    }

    /// <summary>A private-use plane carries the octets that \xHH names until they are sent.</summary>
    private const int RawOctets = 0xF0000;

    private static string Unescape(string text) => EscapePattern().Replace(text, match => match.Value[1] switch
    {
        'r' => "\r",
        'n' => "\n",
        't' => "\t",
        '0' => "\0",
        'x' => char.ConvertFromUtf32(RawOctets + int.Parse(match.Value.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
        _ => "\\",
    });

    private string Substitute(string text) =>
        NamePattern().Replace(text, match => Captured.TryGetValue(match.Groups[1].Value, out var value) ? value : match.Value);

    private string PatternOf(string text)
    {
        var pattern = new StringBuilder("^");
        var at = 0;
        foreach (Match hole in HolePattern().Matches(text))
        {
            pattern.Append(Regex.Escape(text[at..hole.Index]));
            at = hole.Index + hole.Length;
            var name = hole.Groups[1].Value;
            if (name.Length == 0)
                pattern.Append(".*");
            else if (Captured.TryGetValue(name, out var value))
                pattern.Append(Regex.Escape(value));
            else
                pattern.Append("(?<").Append(name).Append(">\\S+?)");
        }
        pattern.Append(Regex.Escape(text[at..]));
        if (SmtpRefusal.IsLastLineOf(text) && !text.Contains("(id ", StringComparison.Ordinal))
            pattern.Append(SmtpRefusal.IdPattern);
        return pattern.Append('$').ToString();
    }

    [GeneratedRegex(@"^(?:(?<who>C)(?<session>[1-9]?)(?<kind>[:~])|(?<who>S)(?<session>[1-9]?)(?<kind>[:/>])|(?<who>TLS|END)(?<session>[1-9]?))(?: (?<text>.*))?$", RegexOptions.CultureInvariant)]
    private static partial Regex StepPattern();

    [GeneratedRegex(@"\\(?:[rnt0\\]|x[0-9A-Fa-f]{2})", RegexOptions.CultureInvariant)]
    private static partial Regex EscapePattern();

    [GeneratedRegex(@"\{([a-z][a-z0-9]*)\}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"…|\{([a-z][a-z0-9]*)\}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex HolePattern();
}
