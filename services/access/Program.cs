using MailMesh.Access;
using MailMesh.Hosting;

return await MailMeshHost.RunAsync("access", args, builder => builder.AddAccess());
