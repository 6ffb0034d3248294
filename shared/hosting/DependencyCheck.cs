using System.Globalization;

namespace MailMesh.Hosting;

/// <summary>Asks an engine whether it can be used: one question at a time however many want to know, none waits for long, and an answer holds for a moment.</summary>
internal sealed class DependencyCheck(IDependency dependency, MailMeshOptions options, TimeProvider clock)
{
    /// <summary>An answer is good for as long as this.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    /// <summary>An engine that takes longer is no use to a session.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>A question that hangs for this long is given up and asked anew.</summary>
    private static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private Task<string?>? _asked;
    private long _askedAt;

    public string Name => dependency.Name;

    /// <summary>Why the engine cannot be used, with the setting that names it and without secrets; null where it can.</summary>
    public async Task<string?> FaultAsync(CancellationToken cancellationToken)
    {
        var (asked, age) = Ask();
        try
        {
            return await asked.WaitAsync(Patience > age ? Patience - age : TimeSpan.Zero, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            return DependencyFault.Text(dependency.Setting, string.Create(CultureInfo.InvariantCulture, $"does not answer within {Patience.TotalSeconds:0} s"));
        }
    }

    private (Task<string?> Asked, TimeSpan Age) Ask()
    {
        lock (_gate)
        {
            var age = clock.GetElapsedTime(_askedAt);
            if (_asked is { } asked && age < (asked.IsCompleted ? Fresh : GiveUp))
                return (asked, asked.IsCompleted ? TimeSpan.Zero : age);
            _askedAt = clock.GetTimestamp();
            _asked = Task.Run(AskAsync);
            return (_asked, TimeSpan.Zero);
        }
    }

    private async Task<string?> AskAsync()
    {
        using var limit = new CancellationTokenSource(GiveUp, clock);
        try
        {
            await dependency.CheckAsync(limit.Token);
            return null;
        }
        catch (Exception failure)
        {
            return DependencyFault.Explain(dependency.Setting, failure, options.Mesh);
        }
    }
}
