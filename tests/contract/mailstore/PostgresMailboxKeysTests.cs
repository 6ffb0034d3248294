using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

[NeedsMesh]
public sealed class PostgresMailboxKeysTests() : MailboxKeysContract(DatabaseEngine.Postgres);
