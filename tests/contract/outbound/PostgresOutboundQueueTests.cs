using MailMesh.Testing;

namespace MailMesh.Contract.Tests;

[NeedsMesh]
public sealed class PostgresOutboundQueueTests() : OutboundQueueContract(DatabaseEngine.Postgres);
