using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace MailMesh.Database;

/// <summary>Lets 'dotnet ef migrations add' make the context; see docs/development.md.</summary>
public sealed class DesignTimeContext : IDesignTimeDbContextFactory<MailMeshContext>
{
    public MailMeshContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<MailMeshContext>().UseSqlite("Data Source=design.db").Options);
}
