using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Storage;

[NeedsMesh]
public sealed class PostgresBlobCollectionTests() : BlobCollectionContract(DatabaseEngine.Postgres);
