using System.Text;
using MailMesh.Contracts;
using MailMesh.Dns;
using MailMesh.Hosting;
using MailMesh.Spf;

namespace MailMesh.Filtering;

/// <summary>RFC 7208: may the client send for the domain of the reverse-path, or of HELO where that is null?</summary>
public sealed class SpfCheck(IDnsResolver dns, FilteringOptions options, MailMeshOptions host, TimeProvider clock) : ICheck
{
    /// <summary>Its name in verdicts.</summary>
    public const string CheckName = "spf";

    /// <summary>No record of a domain speaks of our own networks: the question would only cost DNS.</summary>
    private static readonly SpfOutcome LocalClient = new(SpfResult.None, "local client");

    /// <summary>Whom the domain permits, the server that took the mail from outside knows; it hands it over from an address of ours.</summary>
    private const string Lmtp = "lmtp";

    private readonly SpfEvaluator _evaluator = new(dns, clock);

    public string Name => CheckName;

    public string Version => "1";

    public async Task<Finding?> CheckAsync(FilterContext context, CancellationToken cancellationToken)
    {
        if (!context.FromOutside)
            return null;
        var identity = Identity.Of(context.Message);
        var question = new SpfQuestion(context.Client!, identity.Sender, context.Message.Connection.Helo, host.Hostname);
        var isLocal = host.ExemptNetworks.Contains(context.Client!) || context.Message.Connection.Listener == Lmtp;
        var subject = $"{identity.Name} {question.Domain} from {context.Client}: ";
        var outcome = isLocal ? LocalClient
            : OfSession(context.Message.Connection, subject) ?? await _evaluator.CheckHostAsync(question, cancellationToken);
        return new Finding
        {
            Result = WordOf(outcome.Result),
            Score = ScoreOf(outcome.Result),
            Evidence = isLocal ? outcome.Reason : subject + outcome.Reason,
            Refusal = options.RejectSpfFail && outcome.Result == SpfResult.Fail ? RefusalOf(outcome) : null,
            AuthenticationResults = [$"spf={WordOf(outcome.Result)} smtp.{identity.Name}={PropertyValue.Of(question.Domain)}"],
            TraceField = ReceivedSpf(question, identity, outcome),
        };
    }

    /// <summary>What the SMTP session found of the same question; null where it did not ask, or where more is wanted than it tells: another try, the domain's explanation.</summary>
    private SpfOutcome? OfSession(ConnectionEvidence connection, string subject)
    {
        var known = connection.Checks.FirstOrDefault(check => check.Check == Name);
        if (known?.Evidence is not { } evidence || !evidence.StartsWith(subject, StringComparison.Ordinal) || !Enum.TryParse<SpfResult>(known.Result, ignoreCase: true, out var result))
            return null;
        return result == SpfResult.TempError || (result == SpfResult.Fail && options.RejectSpfFail) ? null : new SpfOutcome(result, evidence[subject.Length..]);
    }

    /// <summary>RFC 7208 §8: only a fail is the domain's own word against the client; it alone files nothing as junk.</summary>
    private static double ScoreOf(SpfResult result) => result switch
    {
        SpfResult.Fail => 3.5,
        SpfResult.SoftFail => 1.0,
        _ => 0,
    };

    /// <summary>RFC 7208 §8.4: 550 5.7.1, or 5.7.23 where RFC 7372 is known; the domain's explanation is marked as its words.</summary>
    private static Refusal RefusalOf(SpfOutcome outcome) =>
        new(550, "5.7.23", outcome.Explanation is { } text ? $"SPF: the domain explains: {text}" : "SPF: the client is no permitted sender of the domain");

    /// <summary>RFC 7208 §9.1.</summary>
    private string ReceivedSpf(SpfQuestion question, Identity identity, SpfOutcome outcome)
    {
        var field = new StringBuilder("Received-SPF: ").Append(WordOf(outcome.Result));
        field.Append(" (").Append(host.Hostname).Append(": ").Append(Comment(outcome.Reason)).Append(')');
        field.Append(" client-ip=").Append(question.Client).Append(';');
        field.Append(" envelope-from=").Append(Quoted(identity.EnvelopeFrom)).Append(';');
        field.Append(" helo=").Append(PropertyValue.Of(question.Helo)).Append(';');
        field.Append(" receiver=").Append(host.Hostname).Append(';');
        field.Append(" identity=").Append(identity.Name).Append(';');
        return field.ToString();
    }

    private static string WordOf(SpfResult result) => result.ToString().ToLowerInvariant();

    private static string Comment(string text) => text.Replace('(', '[').Replace(')', ']').Replace('\\', '/');

    private static string Quoted(string text) => '"' + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + '"';

    /// <summary>RFC 7208 §2.3, §2.4: which name is judged.</summary>
    private sealed record Identity(string Name, string Sender, string EnvelopeFrom)
    {
        public static Identity Of(MessageReceived message) => message.Envelope.ReversePath is { Length: > 0 } path
            ? new Identity("mailfrom", path, path)
            : new Identity("helo", "postmaster@" + message.Connection.Helo, "");
    }
}
