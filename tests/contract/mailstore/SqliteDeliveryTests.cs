using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

public sealed class SqliteDeliveryTests() : DeliveryContract(DatabaseEngine.Sqlite);
