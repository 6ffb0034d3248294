using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

public sealed class SqliteConditionalStoreTests() : ConditionalStoreContract(DatabaseEngine.Sqlite);
