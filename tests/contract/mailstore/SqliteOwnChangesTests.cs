using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

public sealed class SqliteOwnChangesTests() : OwnChangesContract(DatabaseEngine.Sqlite);
