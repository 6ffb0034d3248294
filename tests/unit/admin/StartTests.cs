using MailMesh.Admin;
using MailMesh.Hosting;

namespace MailMesh.Unit.Tests.Admin;

/// <summary>A start that cannot be says so in one line.</summary>
public sealed class StartTests : IDisposable
{
    private static readonly ServerProgram Standalone = new("standalone", 8080, "a mail server", "") { IsStandalone = true };
    private static readonly ServerProgram Alone = new("relay", 8085, "sends mail on", "");

    private readonly string _folder = Directory.CreateTempSubdirectory("mailmesh-start-").FullName;

    [Fact]
    public void A_folder_is_held_by_one_server_and_free_again_after_it()
    {
        using (DataFolder.Hold(_folder))
        {
            var refused = Assert.Throws<DataFolderException>(() => DataFolder.Hold(_folder));
            Assert.Contains("Another server runs", refused.Message, StringComparison.Ordinal);
            Assert.Contains(_folder, refused.Message, StringComparison.Ordinal);
        }
        DataFolder.Hold(_folder).Dispose();
    }

    [Fact]
    public void A_folder_below_a_file_is_refused()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        Assert.Contains("--data", Assert.Throws<DataFolderException>(() => DataFolder.Hold(Path.Combine(file, "data"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_token_is_refused_and_not_shown()
    {
        var builder = new MailMeshBuilder("admin", ["--data", _folder, "--admin:token", "short"]);
        var wrong = Assert.Throws<SettingException>(builder.AddAdmin);
        Assert.Contains("MAILMESH__ADMIN__TOKEN", wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("short", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve", "")]
    [InlineData("serve --data d --port-offset 3", "--data d --port-offset 3")]
    [InlineData("serve --data=d --listen:smtp 0.0.0.0:25", "--data=d --listen:smtp 0.0.0.0:25")]
    public void The_verb_serve_takes_options_and_settings(string line, string expected)
    {
        Assert.True(ServerCommandLine.TryParse(Standalone, line.Split(' '), out var settings, out _, out _));
        Assert.Equal(expected, string.Join(' ', settings));
    }

    [Theory]
    [InlineData("start", "'start'")]
    [InlineData("--data d", "'--data'")]
    [InlineData("serve --port 3", "'--port'")]
    [InlineData("serve now", "'now'")]
    [InlineData("serve --data", "'--data' takes a value")]
    public void Anything_else_is_refused_by_name(string line, string naming)
    {
        Assert.False(ServerCommandLine.TryParse(Standalone, line.Split(' '), out _, out var say, out var refused));
        Assert.True(refused);
        Assert.Contains(naming, say, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("serve --help")]
    [InlineData("")]
    public void Help_is_no_refusal(string line)
    {
        Assert.False(ServerCommandLine.TryParse(Standalone, line.Split(' ', StringSplitOptions.RemoveEmptyEntries), out _, out var say, out var refused));
        Assert.False(refused);
        Assert.Contains("serve", say, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("serve", "")]
    [InlineData("--data d", "--data d")]
    [InlineData("serve --listen:http 0.0.0.0:80", "--listen:http 0.0.0.0:80")]
    public void A_service_alone_needs_no_verb(string line, string expected)
    {
        Assert.True(ServerCommandLine.TryParse(Alone, line.Split(' ', StringSplitOptions.RemoveEmptyEntries), out var settings, out _, out _));
        Assert.Equal(expected, string.Join(' ', settings));
    }

    [Fact]
    public void Processes_that_share_a_folder_have_one_token_and_one_certificate()
    {
        var host = new MailMeshBuilder("admin", ["--data", _folder]).Options;
        var tokens = new string[16];
        var certificates = new string[16];
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i =>
        {
            tokens[i] = SecretFile.ReadOrMake(Path.Combine(_folder, "token"), () => $"made by {i}");
            certificates[i] = new ServerCertificate(host).Leaf.Thumbprint;
        });
        Assert.Single(tokens.Distinct());
        Assert.Single(certificates.Distinct());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
