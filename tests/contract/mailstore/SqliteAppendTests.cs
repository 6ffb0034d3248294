using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

public sealed class SqliteAppendTests() : AppendContract(DatabaseEngine.Sqlite);
