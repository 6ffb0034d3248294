using System.Diagnostics;
using MailMesh.Contracts;
using Microsoft.Extensions.Logging;

namespace MailMesh.Filtering;

/// <summary>Runs the checks side by side and sums up.</summary>
public sealed partial class Judge(IEnumerable<ICheck> checks, FilteringOptions options, TimeProvider clock, ILogger<Judge> log)
{
    private readonly ICheck[] _checks = [.. checks];

    /// <summary>Takes no longer than the options allow, whatever the checks do.</summary>
    public async Task<Verdict> JudgeAsync(FilterContext context, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.CheckTime, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var findings = await Task.WhenAll(Array.ConvertAll(_checks, check => RunAsync(check, context, both.Token, cancellationToken)));
        return Sum(findings, context.Message.Connection);
    }

    private Verdict Sum(Finding?[] found, ConnectionEvidence connection)
    {
        var results = new List<CheckResult>(found.Length);
        var findings = new List<Finding>(found.Length);
        for (var i = 0; i < found.Length; i++)
        {
            if (found[i] is not { } finding)
                continue;
            findings.Add(finding);
            results.Add(ResultOf(_checks[i], finding));
            FilteringMetrics.Checked(_checks[i].Name, finding.Result);
        }
        foreach (var result in SessionEvidence.Beside(results.ToArray(), connection))
        {
            findings.Add(SessionEvidence.FindingOf(result, connection));
            results.Add(result);
        }
        var score = results.Sum(result => result.Score);
        var refusal = findings.Find(finding => finding.Refusal is not null)?.Refusal;
        var disposition = refusal is not null ? Disposition.Reject
            : score >= options.JunkThreshold ? Disposition.Junk
            : Disposition.Accept;
        return new Verdict(disposition, score, refusal, results, findings);
    }

    private static CheckResult ResultOf(ICheck check, Finding finding) => new()
    {
        Check = check.Name,
        Result = finding.Result,
        Score = finding.Score,
        Evidence = finding.Evidence,
        Version = check.Version,
    };

    private async Task<Finding?> RunAsync(ICheck check, FilterContext context, CancellationToken deadline, CancellationToken stopping)
    {
        try
        {
            // A check that does not listen to its token is left behind.
            return await check.CheckAsync(context, deadline).WaitAsync(deadline);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            return new Finding { Result = "temperror", Evidence = $"no result within {options.CheckTime.TotalSeconds:0} s" };
        }
        catch (Exception failure)
        {
            LogFailed(log, failure, check.Name, context.Message.MessageId);
            return new Finding { Result = "temperror", Evidence = failure.Message };
        }
    }

    [LoggerMessage(3001, LogLevel.Warning, "Check {Check} failed for message {MessageId}; it counts as temperror")]
    private static partial void LogFailed(ILogger log, Exception failure, string check, string messageId);
}
