using MailMesh.Filtering;
using MailMesh.Hosting;

return await MailMeshHost.RunAsync("filtering", args, builder => builder.AddFiltering());
