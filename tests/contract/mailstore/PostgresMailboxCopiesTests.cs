using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

[NeedsMesh]
public sealed class PostgresMailboxCopiesTests() : MailboxCopiesContract(DatabaseEngine.Postgres);
