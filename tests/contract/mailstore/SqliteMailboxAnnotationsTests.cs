using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

public sealed class SqliteMailboxAnnotationsTests() : MailboxAnnotationsContract(DatabaseEngine.Sqlite);
