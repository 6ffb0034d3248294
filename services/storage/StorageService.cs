using MailMesh.Hosting;

namespace MailMesh.Storage;

/// <summary>Composes the service.</summary>
public static class StorageService
{
    public static void AddStorage(this MailMeshBuilder builder)
    {
        _ = builder;
    }
}
