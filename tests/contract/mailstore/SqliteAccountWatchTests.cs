using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

public sealed class SqliteAccountWatchTests() : AccountWatchContract(DatabaseEngine.Sqlite);
