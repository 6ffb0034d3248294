using Microsoft.Extensions.Hosting;

namespace MailMesh.Rates;

/// <summary>Has the copies' counts meet every second; at its end what was counted last is kept too.</summary>
internal sealed class RateExchange(RateLimiter rates, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long a start or an end waits for a database that hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private Task _loading = Task.CompletedTask;

    /// <summary>Counts of an earlier life are there before the first client.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _loading = rates.LoadAsync();
        await Task.WhenAny(_loading, Task.Delay(Patience, clock, cancellationToken));
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAny(rates.ExchangeAsync(), Task.Delay(Patience, clock, cancellationToken));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        var isLoaded = await IsLoadedAsync();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (!isLoaded)
                {
                    _loading = rates.LoadAsync();
                    isLoaded = await IsLoadedAsync();
                }
                await rates.ExchangeAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    /// <summary>Why not the exchange says, which fails for the same reason.</summary>
    private async Task<bool> IsLoadedAsync()
    {
        await _loading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _loading.IsCompletedSuccessfully;
    }
}
