using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

[NeedsMesh]
public sealed class PostgresMessageHeadingsTests() : MessageHeadingsContract(DatabaseEngine.Postgres);
