using MailMesh.Database;
using MailMesh.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailMesh.Contract.Tests.Database;

/// <summary>Of several copies one does the work.</summary>
public sealed class LeasedWorkTests
{
    [MeshFact]
    public async Task One_copy_does_it_until_it_stops_and_then_another()
    {
        await using var postgres = await TestDatabase.CreateAsync();
        await using var database = MailDatabase.OnPostgres(postgres.ConnectionString);
        await database.MigrateAsync();
        await using var leasesOfOne = new Leases(database, TimeProvider.System, NullLogger<Leases>.Instance);
        await using var leasesOfTwo = new Leases(database, TimeProvider.System, NullLogger<Leases>.Instance);
        var one = new LeasedWork(leasesOfOne);
        await using var two = new LeasedWork(leasesOfTwo);
        var done = new List<string>();

        Assert.True(await one.RunAsync("retention", Note("one"), default));
        Assert.False(await two.RunAsync("retention", Note("two"), default));
        Assert.True(await one.RunAsync("retention", Note("one"), default));
        Assert.True(await two.RunAsync("collection", Note("two's other work"), default)); // each work has a turn of its own
        await one.DisposeAsync();
        Assert.True(await two.RunAsync("retention", Note("two"), default));
        Assert.Equal(["one", "one", "two's other work", "two"], done);

        Func<CancellationToken, Task> Note(string who) => _ =>
        {
            done.Add(who);
            return Task.CompletedTask;
        };
    }

    [MeshFact]
    public async Task Work_that_fails_stays_the_copys()
    {
        await using var postgres = await TestDatabase.CreateAsync();
        await using var database = MailDatabase.OnPostgres(postgres.ConnectionString);
        await database.MigrateAsync();
        await using var leases = new Leases(database, TimeProvider.System, NullLogger<Leases>.Instance);
        await using var turn = new LeasedWork(leases);
        await Assert.ThrowsAsync<IOException>(() => turn.RunAsync("collection", _ => throw new IOException("away"), default));
        Assert.True(await turn.RunAsync("collection", _ => Task.CompletedTask, default));
    }
}
