using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

[NeedsMesh]
public sealed class PostgresAccountAdministrationTests() : AccountAdministrationContract(DatabaseEngine.Postgres);
