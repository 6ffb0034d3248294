using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MailMesh.Hosting;

/// <summary>Runs a composed process until SIGTERM, and says when it is ready.</summary>
public static class MailMeshHost
{
    /// <param name="service">Name of the process in traces and logs.</param>
    /// <param name="args">Command line.</param>
    /// <param name="compose">Adds the services.</param>
    /// <returns>0 after a drain; where the start failed, a code of sysexits, and the reason is on standard error.</returns>
    public static async Task<int> RunAsync(string service, string[] args, Action<MailMeshBuilder> compose)
    {
        IReadOnlyList<OpenListener> listeners = [];
        try
        {
            var builder = new MailMeshBuilder(service, args);
            using var folder = DataFolder.Hold(builder.Options.Data);
            compose(builder);
            await using var app = builder.Build();
            listeners = app.Services.GetRequiredService<OpenListeners>().All;
            // Before anything starts, so that a port in use is one line and not the log of a failed host.
            if (StartFailure.Blocked(listeners) is { } blocked)
                return await SayAsync(blocked);
            await app.StartAsync();
            Console.WriteLine("MailMesh is ready");
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception failure)
        {
            return await SayAsync(StartFailure.Explain(failure, listeners));
        }
    }

    private static async Task<int> SayAsync(StartFailure failure)
    {
        await Console.Error.WriteLineAsync($"MailMesh: {failure.Line}");
        return failure.ExitCode;
    }
}
