using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

[NeedsMesh]
public sealed class PostgresRelayClientsTests() : RelayClientsContract(DatabaseEngine.Postgres);
