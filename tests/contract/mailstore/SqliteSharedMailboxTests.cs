using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

public sealed class SqliteSharedMailboxTests() : SharedMailboxContract(DatabaseEngine.Sqlite);
