using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

public sealed class SqliteMailboxKeysTests() : MailboxKeysContract(DatabaseEngine.Sqlite);
