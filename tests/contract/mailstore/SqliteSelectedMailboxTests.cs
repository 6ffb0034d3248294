using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

public sealed class SqliteSelectedMailboxTests() : SelectedMailboxContract(DatabaseEngine.Sqlite);
