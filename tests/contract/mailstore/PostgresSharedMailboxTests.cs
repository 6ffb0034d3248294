using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

[NeedsMesh]
public sealed class PostgresSharedMailboxTests() : SharedMailboxContract(DatabaseEngine.Postgres);
