using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

[NeedsMesh]
public sealed class PostgresSendGrantTests() : SendGrantContract(DatabaseEngine.Postgres);
