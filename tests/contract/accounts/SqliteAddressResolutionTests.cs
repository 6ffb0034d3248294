using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

public sealed class SqliteAddressResolutionTests() : AddressResolutionContract(DatabaseEngine.Sqlite);
