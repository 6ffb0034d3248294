using MailMesh.Admin;
using MailMesh.Cli;
using MailMesh.Hosting;
using Microsoft.AspNetCore.Builder;

namespace MailMesh.Unit.Tests.Admin;

/// <summary>The admin service on a folder and a port of its own, in this process, and mailmesh as its client.</summary>
public sealed class AdminServer : IAsyncLifetime
{
    private WebApplication? _app;

    public string Data { get; } = Directory.CreateTempSubdirectory("mailmesh-admin-").FullName;

    public HttpClient Http { get; } = new();

    public string Token => File.ReadAllText(Path.Combine(Data, AdminToken.FileName)).Trim();

    public IServiceProvider Services => _app!.Services;

    public async Task InitializeAsync()
    {
        var builder = new MailMeshBuilder("admin", ["--data", Data, "--listen:http", "127.0.0.1:0", "--hostname", "mx.mesh.test"]);
        builder.AddAdmin();
        _app = builder.Build();
        await _app.StartAsync();
        Http.BaseAddress = new Uri((await File.ReadAllTextAsync(Path.Combine(Data, AdminAddress.FileName))).Trim());
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        Directory.Delete(Data, recursive: true);
    }

    /// <summary>Runs a verb as a shell would; what it says on standard output and on standard error.</summary>
    public async Task<(int Code, string Out, string Error)> RunAsync(string command, string input = "")
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var terminal = new Terminal(new StringReader(input), output, error, _ => null, interactive: false);
        var code = await CommandLine.RunAsync(["--data", Data, .. command.Split(' ', StringSplitOptions.RemoveEmptyEntries)], terminal);
        return (code, output.ToString(), error.ToString());
    }

    public async Task<string> ExpectAsync(string command, string input = "")
    {
        var (code, output, error) = await RunAsync(command, input);
        Assert.True(code == ExitCode.Ok, $"{command}: {code}\n{output}{error}");
        return output;
    }

    public async Task RefuseAsync(int code, string command, string saying, string input = "")
    {
        var result = await RunAsync(command, input);
        Assert.Equal(code, result.Code);
        Assert.Equal("", result.Out);
        Assert.Contains(saying, result.Error, StringComparison.Ordinal);
    }
}
