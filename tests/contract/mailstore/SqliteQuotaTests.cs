using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

public sealed class SqliteQuotaTests() : QuotaContract(DatabaseEngine.Sqlite);
