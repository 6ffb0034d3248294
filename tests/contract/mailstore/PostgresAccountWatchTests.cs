using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

[NeedsMesh]
public sealed class PostgresAccountWatchTests() : AccountWatchContract(DatabaseEngine.Postgres);
