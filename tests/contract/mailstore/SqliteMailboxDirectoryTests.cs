using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

public sealed class SqliteMailboxDirectoryTests() : MailboxDirectoryContract(DatabaseEngine.Sqlite);
