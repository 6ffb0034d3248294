using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Storage;

[NeedsMesh]
public sealed class PostgresRetentionTests() : RetentionContract(DatabaseEngine.Postgres);
