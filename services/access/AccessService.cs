using MailMesh.Hosting;

namespace MailMesh.Access;

/// <summary>Composes the service.</summary>
public static class AccessService
{
    public static void AddAccess(this MailMeshBuilder builder)
    {
        _ = builder;
    }
}
