using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

[NeedsMesh]
public sealed class PostgresDeliveryTests() : DeliveryContract(DatabaseEngine.Postgres);
