using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

[NeedsMesh]
public sealed class PostgresAuthenticationTests() : AuthenticationContract(DatabaseEngine.Postgres);
