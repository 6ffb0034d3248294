using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

[NeedsMesh]
public sealed class PostgresAppPasswordTests() : AppPasswordContract(DatabaseEngine.Postgres);
