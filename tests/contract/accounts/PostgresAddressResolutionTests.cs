using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

[NeedsMesh]
public sealed class PostgresAddressResolutionTests() : AddressResolutionContract(DatabaseEngine.Postgres);
