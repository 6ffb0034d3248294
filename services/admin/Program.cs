using MailMesh.Admin;
using MailMesh.Hosting;

return await MailMeshHost.RunAsync("admin", args, builder => builder.AddAdmin());
