using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Tracking;

[NeedsMesh]
public sealed class PostgresTrackingLogTests() : TrackingLogContract(DatabaseEngine.Postgres);
