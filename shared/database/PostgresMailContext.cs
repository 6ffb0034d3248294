using Microsoft.EntityFrameworkCore;

namespace MailMesh.Database;

/// <summary>The schema on PostgreSQL, with its own migrations.</summary>
public sealed class PostgresMailContext(DbContextOptions<PostgresMailContext> options) : MailMeshContext(options)
{
    public override Task LockDomainAsync(string name, CancellationToken cancellationToken = default) =>
        Database.ExecuteSqlAsync($"SELECT id FROM domains WHERE name = {name} FOR NO KEY UPDATE", cancellationToken);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        // Text is ordered by its octets, as SQLite orders it, whatever the locale of the database: ranges and pages rely on it.
        configurationBuilder.Properties<string>().UseCollation("C");
    }
}
