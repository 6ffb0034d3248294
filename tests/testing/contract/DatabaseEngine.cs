namespace MailMesh.Testing;

/// <summary>The engines that the database library runs on.</summary>
public enum DatabaseEngine
{
    Sqlite,
    Postgres,
}
