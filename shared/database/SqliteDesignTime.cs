using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace MailMesh.Database;

/// <summary>Lets 'dotnet ef migrations add' make the context of SQLite; see docs/development.md.</summary>
public sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteMailContext>
{
    public SqliteMailContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteMailContext>().UseSqlite("Data Source=design.db").Options);
}
