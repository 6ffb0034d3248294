using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

public sealed class SqliteMailboxCopiesTests() : MailboxCopiesContract(DatabaseEngine.Sqlite);
