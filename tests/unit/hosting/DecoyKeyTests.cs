using MailMesh.Hosting;
using MailMesh.Testing;
using Microsoft.Extensions.Configuration;

namespace MailMesh.Unit.Tests.Hosting;

/// <summary>What SCRAM shows of names that do not exist may never change: an answer that does gives them away.</summary>
public sealed class DecoyKeyTests
{
    [Fact]
    public void Standalone_keeps_it_over_a_restart_and_no_other_server_has_it()
    {
        var folder = Scratch.NewFolder("decoys");
        var key = DecoyKey.Of(Options(folder));
        Assert.Equal(key, DecoyKey.Of(Options(folder)));
        Assert.NotEqual(key, DecoyKey.Of(Options(Scratch.NewFolder("decoys"))));
        Assert.True(key.Length >= 32);
    }

    [Fact]
    public void Copies_of_a_mesh_have_one_and_no_folder_of_theirs_matters()
    {
        var key = DecoyKey.Of(Options(Scratch.NewFolder("decoys"), "one secret"));
        Assert.Equal(key, DecoyKey.Of(Options(Scratch.NewFolder("decoys"), "one secret")));
        Assert.NotEqual(key, DecoyKey.Of(Options(Scratch.NewFolder("decoys"), "another")));
    }

    private static MailMeshOptions Options(string folder, string? secret = null)
    {
        var settings = new Dictionary<string, string?> { ["Data"] = folder };
        if (secret is not null)
        {
            settings["Bus:RabbitMq"] = "amqp://mesh.test";
            settings["Store:Postgres"] = "Host=mesh.test";
            settings["Blobs:S3:Endpoint"] = "http://mesh.test";
            settings["Blobs:S3:AccessKey"] = "mesh";
            settings["Blobs:S3:SecretKey"] = secret;
        }
        return MailMeshOptions.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
    }
}
