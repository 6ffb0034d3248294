using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

[NeedsMesh]
public sealed class PostgresConditionalStoreTests() : ConditionalStoreContract(DatabaseEngine.Postgres);
