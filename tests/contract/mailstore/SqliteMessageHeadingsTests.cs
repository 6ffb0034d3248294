using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

public sealed class SqliteMessageHeadingsTests() : MessageHeadingsContract(DatabaseEngine.Sqlite);
