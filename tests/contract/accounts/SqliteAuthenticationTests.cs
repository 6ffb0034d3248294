using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

public sealed class SqliteAuthenticationTests() : AuthenticationContract(DatabaseEngine.Sqlite);
