using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Imap;

[NeedsMesh]
public sealed class PostgresUpdateRulesTests() : UpdateRulesContract(DatabaseEngine.Postgres);
