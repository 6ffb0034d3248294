using MailMesh.Hosting;

namespace MailMesh.Relay;

/// <summary>Composes the service.</summary>
public static class RelayService
{
    public static void AddRelay(this MailMeshBuilder builder)
    {
        _ = builder;
    }
}
