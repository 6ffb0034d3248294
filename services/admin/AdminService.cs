using MailMesh.Hosting;

namespace MailMesh.Admin;

/// <summary>Composes the service.</summary>
public static class AdminService
{
    public static void AddAdmin(this MailMeshBuilder builder)
    {
        _ = builder;
    }
}
