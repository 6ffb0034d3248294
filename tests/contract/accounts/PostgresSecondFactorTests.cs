using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

[NeedsMesh]
public sealed class PostgresSecondFactorTests() : SecondFactorContract(DatabaseEngine.Postgres);
