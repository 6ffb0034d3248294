using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Storage;

public sealed class SqliteRetentionTests() : RetentionContract(DatabaseEngine.Sqlite);
