using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Search;

public sealed class SqliteTextIndexTests() : TextIndexContract(DatabaseEngine.Sqlite);
