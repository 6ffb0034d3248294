using MailMesh.Hosting;

namespace MailMesh.Ingress;

/// <summary>Composes the service.</summary>
public static class IngressService
{
    public static void AddIngress(this MailMeshBuilder builder)
    {
        _ = builder;
    }
}
