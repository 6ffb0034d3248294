using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

public sealed class SqliteAppPasswordTests() : AppPasswordContract(DatabaseEngine.Sqlite);
