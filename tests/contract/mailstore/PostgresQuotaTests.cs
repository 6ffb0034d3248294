using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

[NeedsMesh]
public sealed class PostgresQuotaTests() : QuotaContract(DatabaseEngine.Postgres);
