using MailMesh.Hosting;
using MailMesh.Storage;

return await MailMeshHost.RunAsync("storage", args, builder => builder.AddStorage());
