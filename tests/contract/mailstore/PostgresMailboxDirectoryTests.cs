using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

[NeedsMesh]
public sealed class PostgresMailboxDirectoryTests() : MailboxDirectoryContract(DatabaseEngine.Postgres);
