using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Storage;

public sealed class SqliteBlobCollectionTests() : BlobCollectionContract(DatabaseEngine.Sqlite);
