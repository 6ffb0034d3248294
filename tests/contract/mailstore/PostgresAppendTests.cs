using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

[NeedsMesh]
public sealed class PostgresAppendTests() : AppendContract(DatabaseEngine.Postgres);
