using MailMesh.Access.Imap;
using MailMesh.Access.Pop3;
using MailMesh.Bans;
using MailMesh.Hosting;
using MailMesh.Mailstore;

namespace MailMesh.Access;

/// <summary>Composes the service.</summary>
public static class AccessService
{
    public static void AddAccess(this MailMeshBuilder builder)
    {
        builder.Services.AddMailstore();
        builder.AddBans();
        builder.AddImap();
        builder.AddPop3();
    }
}
