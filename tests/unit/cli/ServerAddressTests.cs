using MailMesh.Cli;

namespace MailMesh.Unit.Tests.Cli;

public sealed class ServerAddressTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mailmesh-cli-").FullName;

    [Fact]
    public void Comes_from_the_files_of_the_data_folder()
    {
        Write("admin-url", "http://127.0.0.1:18080\n");
        Write("admin-token", "of-the-folder\n");
        var found = ServerAddress.Find(new ServerSettings { Data = _folder }, Environment(("MAILMESH_URL", "http://elsewhere"), ("MAILMESH_TOKEN", "of-the-environment")));
        Assert.Equal("http://127.0.0.1:18080/", found.Url.ToString());
        Assert.Equal("of-the-folder", found.Token);
    }

    [Fact]
    public void Is_the_default_port_where_the_folder_knows_no_address()
    {
        Write("admin-token", "t");
        Assert.Equal("http://127.0.0.1:8080/", ServerAddress.Find(new ServerSettings { Data = _folder }, Environment()).Url.ToString());
    }

    [Fact]
    public void Comes_from_the_environment()
    {
        var found = ServerAddress.Find(new ServerSettings(), Environment(("MAILMESH_URL", "https://mail.example.org"), ("MAILMESH_TOKEN", "t")));
        Assert.Equal(("https://mail.example.org/", "t", "MAILMESH_URL"), (found.Url.ToString(), found.Token, found.Source));
    }

    [Fact]
    public void Gives_no_token_of_a_folder_to_another_address()
    {
        Write("admin-token", "of-the-folder");
        var failure = Assert.Throws<CommandException>(() =>
            ServerAddress.Find(new ServerSettings { Url = "http://elsewhere.example" }, Environment(("MAILMESH__DATA", _folder))));
        Assert.Equal(ExitCode.Unreachable, failure.ExitCode);
        Assert.Contains("MAILMESH_TOKEN", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Takes_the_token_of_the_environment_where_the_folder_keeps_none()
    {
        Write("admin-url", "http://127.0.0.1:18080\n");
        Assert.Equal("t", ServerAddress.Find(new ServerSettings { Data = _folder }, Environment(("MAILMESH_TOKEN", "t"))).Token);
    }

    [Fact]
    public void Is_missing_with_advice_where_the_folder_has_no_token()
    {
        var failure = Assert.Throws<CommandException>(() => ServerAddress.Find(new ServerSettings { Data = _folder }, Environment()));
        Assert.Equal(ExitCode.Unreachable, failure.ExitCode);
        Assert.Contains(_folder, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mail.example.org:8080")]
    [InlineData("ftp://mail.example.org")]
    public void Refuses_what_is_no_address(string url) => Assert.Equal(
        ExitCode.Usage, Assert.Throws<CommandException>(() => ServerAddress.Find(new ServerSettings { Url = url, Token = "t" }, Environment())).ExitCode);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder, file), text);

    private static Func<string, string?> Environment(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;
}
