using MailMesh.Access.Imap;
using MailMesh.Access.Pop3;
using MailMesh.Hosting;
using MailMesh.Mailstore;
using MailMesh.Sasl;

namespace MailMesh.Access;

/// <summary>Composes the service.</summary>
public static class AccessService
{
    public static void AddAccess(this MailMeshBuilder builder)
    {
        builder.Services.AddMailstore();
        builder.AddSasl();
        builder.AddImap();
        builder.AddPop3();
    }
}
