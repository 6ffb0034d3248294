using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

public sealed class SqliteMailboxModelTests() : MailboxModelContract(DatabaseEngine.Sqlite);
