using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Server;

/// <summary>The commands of README.md do what it says, run by a shell as they stand there, but for ports and folder.</summary>
public sealed partial class ReadmeTests
{
    private static readonly int[] DefaultPorts = [2525, 2587, 2465, 2143, 2993, 2110, 2995, 6190, 8080];

    private readonly string _folder = Scratch.NewFolder("readme");
    private readonly int _offset = FreeOffset();

    [Fact]
    public async Task The_five_minutes_lead_from_nothing_to_a_message_that_was_read()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"));
        var run = Commands(readme).Single(line => line.Contains("services/standalone", StringComparison.Ordinal));
        var steps = Commands(Section(readme, "## Five minutes"));
        var alias = steps.Single(line => line.StartsWith("alias ", StringComparison.Ordinal));
        var sample = MessageId().Match(readme).Value;

        using var server = Start(run);
        try
        {
            using var http = new HttpClient();
            await Wait.UntilAsync(
                "the server of the README is ready",
                async () => server.HasExited ? throw new TimeoutException("It has ended.") : (await http.GetAsync(new Uri($"http://127.0.0.1:{8080 + _offset}/health/ready"))).IsSuccessStatusCode,
                TimeSpan.FromMinutes(5));
            var id = "";
            foreach (var step in steps.Where(step => step != alias))
            {
                var command = step.Contains(sample, StringComparison.Ordinal) ? step.Replace(sample, id, StringComparison.Ordinal) : step;
                var said = await ShellAsync($"{alias}\n{command}");
                if (MessageId().Match(said) is { Success: true } match && id.Length == 0)
                    id = match.Value;
                if (command.Contains("imaps:", StringComparison.Ordinal))
                    Assert.Contains("Mail travels.", said, StringComparison.Ordinal);
                if (command.StartsWith("mailmesh trace", StringComparison.Ordinal))
                    Assert.Contains("delivered", said, StringComparison.Ordinal);
            }
            Assert.NotEmpty(id);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
            Scratch.ForgetProcess(server.Id);
        }
    }

    [Fact]
    public async Task The_Japanese_README_has_the_same_commands()
    {
        var english = Commands(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md")));
        var japanese = Commands(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.ja.md")));
        Assert.Equal(english, japanese);
    }

    [MeshFact]
    public async Task The_mesh_comes_up_grows_and_goes_down()
    {
        var steps = Commands(Section(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md")), "## Try the mesh"));
        var folder = Scratch.NewFolder("mesh"); // by this name tests/run finds what a dead test process left
        try
        {
            foreach (var step in steps)
            {
                var command = MeshVerb().Replace(step, $"$0 --dir '{folder}'");
                var said = await ShellAsync(step.EndsWith("mesh up", StringComparison.Ordinal) ? $"{command} --port-offset {_offset} --engine-port {ServerPorts.FindBlock(40)} --fast" : command, TimeSpan.FromMinutes(10));
                if (step.EndsWith("mesh status", StringComparison.Ordinal))
                    Assert.Equal(7, said.Split('\n').Count(line => line.Contains(": ready; ", StringComparison.Ordinal)));
            }
            Assert.Empty(Directory.EnumerateFiles(Path.Combine(folder, "run"), "*.pid"));
        }
        finally
        {
            await ShellAsync($"deploy/local/mesh kill --dir '{folder}'", TimeSpan.FromMinutes(3));
        }
    }

    /// <summary>A section, up to the next one.</summary>
    private static string Section(string markdown, string heading)
    {
        var start = markdown.IndexOf(heading, StringComparison.Ordinal);
        return markdown[start..markdown.IndexOf("\n## ", start + heading.Length, StringComparison.Ordinal)];
    }

    /// <summary>The indented lines are commands; a backslash at the end continues one.</summary>
    private static List<string> Commands(string markdown) =>
        [.. CodeLine().Matches(markdown.Replace("\\\n", " ", StringComparison.Ordinal)).Select(match => match.Groups[1].Value.TrimEnd())];

    private static int FreeOffset()
    {
        var offset = ServerPorts.Find().First - DefaultPorts[0];
        while (!DefaultPorts.All(port => IsFree(port + offset)))
            offset += 7;
        return offset;
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private Process Start(string command)
    {
        var start = new ProcessStartInfo("bash", ["-c", "exec " + Here(command)]) { WorkingDirectory = Repository.Root, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MAILMESH__PORTOFFSET"] = _offset.ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        Scratch.NoteProcess(process.Id);
        process.StandardInput.Close();
        new ServerLog().Follow(process, _ => { });
        return process;
    }

    private async Task<string> ShellAsync(string script, TimeSpan? limit = null)
    {
        var environment = new Dictionary<string, string> { ["MAILMESH__DATA"] = Path.Combine(_folder, "data") };
        var result = await ExternalCommand.RunAsync("bash", ["-c", $"shopt -s expand_aliases\ncd '{Repository.Root}'\n{Here(script)}"], environment: environment, limit: limit ?? TimeSpan.FromMinutes(3));
        return result.Expect().Text + result.Error;
    }

    /// <summary>Our folder in the place of the checkout, our ports in the place of the usual ones.</summary>
    private string Here(string command)
    {
        command = command.Replace("./data", Path.Combine(_folder, "data"), StringComparison.Ordinal).Replace("hello.eml", Path.Combine(_folder, "hello.eml"), StringComparison.Ordinal);
        return Port().Replace(command, match =>
        {
            var port = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            return DefaultPorts.Contains(port) ? $":{port + _offset}" : match.Value;
        });
    }

    [GeneratedRegex(@"^deploy/local/mesh \w+")]
    private static partial Regex MeshVerb();

    [GeneratedRegex(@"^ {4,}(\S.*)$", RegexOptions.Multiline)]
    private static partial Regex CodeLine();

    [GeneratedRegex(@":(\d{4})\b")]
    private static partial Regex Port();

    [GeneratedRegex("[0-9a-f]{32}")]
    private static partial Regex MessageId();
}
