using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

[NeedsMesh]
public sealed class PostgresScramTests() : ScramContract(DatabaseEngine.Postgres);
