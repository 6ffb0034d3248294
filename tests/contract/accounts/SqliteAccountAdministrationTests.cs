using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

public sealed class SqliteAccountAdministrationTests() : AccountAdministrationContract(DatabaseEngine.Sqlite);
