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
        return Sum(findings);
    }

    private Verdict Sum(Finding?[] found)
    {
        var results = new List<CheckResult>(found.Length);
        var findings = new List<Finding>(found.Length);
        Refusal? refusal = null;
        var score = 0.0;
        for (var i = 0; i < found.Length; i++)
        {
            if (found[i] is not { } finding)
                continue;
            var check = _checks[i];
            findings.Add(finding);
            results.Add(new CheckResult
            {
                Check = check.Name,
                Result = finding.Result,
                Score = finding.Score,
                Evidence = finding.Evidence,
                Version = check.Version,
            });
            score += finding.Score;
            refusal ??= finding.Refusal;
            FilteringMetrics.Checked(check.Name, finding.Result);
        }
        var disposition = refusal is not null ? Disposition.Reject
            : score >= options.JunkThreshold ? Disposition.Junk
            : Disposition.Accept;
        return new Verdict(disposition, score, refusal, results, findings);
    }

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
