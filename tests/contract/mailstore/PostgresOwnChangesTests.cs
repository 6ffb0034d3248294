using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

[NeedsMesh]
public sealed class PostgresOwnChangesTests() : OwnChangesContract(DatabaseEngine.Postgres);
