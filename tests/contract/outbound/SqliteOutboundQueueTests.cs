using MailMesh.Testing;

namespace MailMesh.Contract.Tests;

public sealed class SqliteOutboundQueueTests() : OutboundQueueContract(DatabaseEngine.Sqlite);
