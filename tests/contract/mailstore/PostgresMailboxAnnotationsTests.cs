using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

[NeedsMesh]
public sealed class PostgresMailboxAnnotationsTests() : MailboxAnnotationsContract(DatabaseEngine.Postgres);
