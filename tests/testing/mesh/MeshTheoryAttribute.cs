using Xunit;

namespace MailMesh.Testing;

/// <summary>A theory that needs RabbitMQ, PostgreSQL and an S3 store; skipped where there are none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MeshTheoryAttribute : TheoryAttribute
{
    public MeshTheoryAttribute() => Skip = EngineAddresses.Missing;
}
