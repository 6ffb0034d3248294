using System.Text;
using MailMesh.Contracts;

namespace MailMesh.Filtering;

/// <summary>The header fields that filtering puts before the message: what was checked, and for whom it came.</summary>
/// <remarks>
/// RFC 8601 §5 wants fields removed that claim our authserv-id and are not ours. The blob never changes, so ours stands
/// above our Received field and every other one below it: a reader trusts the first alone.
/// </remarks>
public sealed class TraceFields(string hostname)
{
    /// <summary>RFC 5322 §2.1.1: a line should have no more than 78 characters.</summary>
    private const int LineLength = 78;

    /// <summary>For a mailbox of ours: with Return-Path, which final delivery alone adds (RFC 5321 §4.4).</summary>
    public string ForDelivery(MessageReceived message, Verdict verdict) =>
        $"Return-Path: <{OneLine(message.Envelope.ReversePath)}>\r\n{ForRelay(message, verdict)}";

    /// <summary>For another server: what a user of ours sends goes out as it is.</summary>
    public string ForRelay(MessageReceived message, Verdict verdict)
    {
        if (message.Connection is { AuthenticatedAs: not null } or { IsRelayClient: true } or { RemoteAddress: "" })
            return "";
        var fields = new StringBuilder();
        var results = verdict.Findings.SelectMany(finding => finding.AuthenticationResults).ToList();
        Fold(fields, $"Authentication-Results: {hostname}{(results.Count == 0 ? "; none" : string.Concat(results.Select(r => "; " + r)))}");
        foreach (var finding in verdict.Findings)
        {
            if (finding.TraceField is { } field)
                Fold(fields, field);
        }
        return fields.ToString();
    }

    /// <summary>RFC 5322 §2.2.3: breaks a field at blanks.</summary>
    public static void Fold(StringBuilder fields, string field)
    {
        var rest = WithoutEnd(OneLine(field)).AsSpan();
        var indent = "";
        while (rest.Length + indent.Length > LineLength && BreakOf(rest, LineLength - indent.Length) is > 0 and var at)
        {
            fields.Append(indent).Append(rest[..at]).Append("\r\n");
            rest = rest[(at + 1)..].TrimStart(' '); // RFC 5322 §3.2.2: no line of blanks alone
            indent = "\t";
        }
        fields.Append(indent).Append(rest).Append("\r\n");
    }

    /// <summary>The last blank that keeps the line within bounds, else the first one behind; never right after the name, and never the last.</summary>
    private static int BreakOf(ReadOnlySpan<char> rest, int room)
    {
        var first = rest.IndexOf(':') is var colon and >= 0 && colon + 1 < rest.Length && rest[colon + 1] == ' ' ? colon + 2 : 1;
        if (first >= rest.Length - 1)
            return -1;
        var within = rest[..Math.Min(room + 1, rest.Length)].LastIndexOf(' ');
        if (within >= first)
            return within;
        var behind = rest[first..^1].IndexOf(' ');
        return behind < 0 ? -1 : first + behind;
    }

    /// <summary>Blanks at the end say nothing, but for the one after a name without a value.</summary>
    private static string WithoutEnd(string field)
    {
        var trimmed = field.TrimEnd(' ');
        return trimmed.Length < field.Length && trimmed.EndsWith(':') ? trimmed + " " : trimmed;
    }

    /// <summary>Nothing that a client said ends a field early.</summary>
    private static string OneLine(string text) =>
        text.AsSpan().ContainsAnyInRange('\0', '\x1f') ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
}
