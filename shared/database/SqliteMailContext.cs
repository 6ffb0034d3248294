using Microsoft.EntityFrameworkCore;

namespace MailMesh.Database;

/// <summary>The schema on SQLite, with its own migrations.</summary>
public sealed class SqliteMailContext(DbContextOptions<SqliteMailContext> options) : MailMeshContext(options);
