using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Search;

[NeedsMesh]
public sealed class PostgresTextIndexTests() : TextIndexContract(DatabaseEngine.Postgres);
