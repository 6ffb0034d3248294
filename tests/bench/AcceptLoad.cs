namespace MailMesh.Bench;

/// <summary>The loads by which the receivers of two systems are compared.</summary>
internal sealed class AcceptLoad(IMailSystem system, BenchOptions options)
{
    public const int LargeConnections = 4;

    private const int LargeOctets = 25 * 1024 * 1024;

    /// <summary>Enough to compile the code of a new connection and of a large message; the first load has its own warm-up.</summary>
    private const int WarmUp = 200;

    private const int LargeWarmUp = 4;

    /// <summary>Each load with what came out, as it ends.</summary>
    public async IAsyncEnumerable<(string Load, LoadResult Result)> RunAsync()
    {
        yield return ("kept connections", await new Load(system, options).RunAsync());
        yield return ("new connections", await new Load(system, options) { KeepsConnections = false, WarmUp = WarmUp }.RunAsync());
        var large = options with { Messages = options.Large, Octets = LargeOctets, Connections = LargeConnections };
        yield return ("25 MiB", await new Load(system, large) { WarmUp = LargeWarmUp }.RunAsync());
    }
}
