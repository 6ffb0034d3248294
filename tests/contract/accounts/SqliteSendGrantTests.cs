using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

public sealed class SqliteSendGrantTests() : SendGrantContract(DatabaseEngine.Sqlite);
