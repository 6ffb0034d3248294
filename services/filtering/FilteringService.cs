using MailMesh.Hosting;

namespace MailMesh.Filtering;

/// <summary>Composes the service.</summary>
public static class FilteringService
{
    public static void AddFiltering(this MailMeshBuilder builder)
    {
        _ = builder;
    }
}
