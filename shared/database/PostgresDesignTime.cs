using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace MailMesh.Database;

/// <summary>Lets 'dotnet ef migrations add' make the context of PostgreSQL; see docs/development.md.</summary>
public sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresMailContext>
{
    public PostgresMailContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresMailContext>().UseNpgsql("Host=design").Options);
}
