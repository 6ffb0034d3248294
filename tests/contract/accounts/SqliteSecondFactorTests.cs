using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

public sealed class SqliteSecondFactorTests() : SecondFactorContract(DatabaseEngine.Sqlite);
