using MailMesh.Access.Imap;
using MailMesh.Hosting;
using MailMesh.Mailstore;
using Microsoft.Extensions.DependencyInjection;

namespace MailMesh.Access;

/// <summary>Composes the service.</summary>
public static class AccessService
{
    public static void AddAccess(this MailMeshBuilder builder)
    {
        builder.Services.AddMailstore();
        builder.AddImap();
    }
}
