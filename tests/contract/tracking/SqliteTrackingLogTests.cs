using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Tracking;

public sealed class SqliteTrackingLogTests() : TrackingLogContract(DatabaseEngine.Sqlite);
