using Xunit;

namespace MailMesh.Testing;

/// <summary>A test that needs RabbitMQ, PostgreSQL and an S3 store; skipped where there are none. tests/run counts a skip as a failure.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MeshFactAttribute : FactAttribute
{
    public MeshFactAttribute() => Skip = EngineAddresses.Missing;
}
