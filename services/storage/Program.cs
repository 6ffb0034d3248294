using MailMesh.Storage;
using MailMesh.Hosting;

return await MailMeshHost.RunAsync("storage", args, builder => builder.AddStorage());
