using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MailMesh.Hosting;

/// <summary>Runs a composed process until SIGTERM, and says when it is ready.</summary>
public static class MailMeshHost
{
    /// <param name="args">Command line.</param>
    /// <param name="compose">Adds the services.</param>
    /// <returns>0 after a drain; where the start failed, a code of sysexits, and the reason is on standard error.</returns>
    public static async Task<int> RunAsync(ServerProgram program, string[] args, Action<MailMeshBuilder> compose)
    {
        if (!ServerCommandLine.TryParse(program, args, out var settings, out var say, out var refused))
            return ServerCommandLine.End(say, refused);
        Console.SetOut(LogLines.Over(Console.OpenStandardOutput(), Console.OutputEncoding));
        IReadOnlyList<OpenListener> listeners = [];
        try
        {
            var builder = new MailMeshBuilder(program.Name, settings, program.HttpPort);
            if (builder.Options.Mesh is null && !program.IsStandalone)
                throw MeshOptions.MissingFor(program.Name);
            // In a mesh the engines have the mail: any number of processes may keep their certificate and token in one folder.
            using var folder = builder.Options.Mesh is null ? DataFolder.Hold(builder.Options.Data) : null;
            compose(builder);
            await using var app = builder.Build();
            listeners = app.Services.GetRequiredService<OpenListeners>().All;
            // Before anything starts, so that a port in use is one line and not the log of a failed host.
            if (StartFailure.Blocked(listeners) is { } blocked)
                return await SayAsync(blocked);
            await app.StartAsync();
            await RunAsync(app);
            return 0;
        }
        catch (Exception failure)
        {
            return await SayAsync(StartFailure.Explain(failure, listeners));
        }
    }

    /// <summary>The listeners accept. A mesh's engines may come later, and 'ready' means that they are there too.</summary>
    private static async Task RunAsync(WebApplication app)
    {
        var ended = app.WaitForShutdownAsync();
        if (await Task.WhenAny(app.Services.GetRequiredService<DependencyWatch>().FirstReady, ended) != ended)
            Console.WriteLine("MailMesh is ready");
        await ended;
    }

    private static async Task<int> SayAsync(StartFailure failure)
    {
        await Console.Error.WriteLineAsync($"MailMesh: {failure.Line}");
        return failure.ExitCode;
    }
}
