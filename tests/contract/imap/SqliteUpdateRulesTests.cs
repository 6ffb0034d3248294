using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Imap;

public sealed class SqliteUpdateRulesTests() : UpdateRulesContract(DatabaseEngine.Sqlite);
