using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

[NeedsMesh]
public sealed class PostgresSelectedMailboxTests() : SelectedMailboxContract(DatabaseEngine.Postgres);
