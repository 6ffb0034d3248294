using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

[NeedsMesh]
public sealed class PostgresMailboxModelTests() : MailboxModelContract(DatabaseEngine.Postgres);
