using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

public sealed class SqliteScramTests() : ScramContract(DatabaseEngine.Sqlite);
