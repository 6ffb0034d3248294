using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

public sealed class SqliteRelayClientsTests() : RelayClientsContract(DatabaseEngine.Sqlite);
