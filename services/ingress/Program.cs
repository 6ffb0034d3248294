using MailMesh.Ingress;
using MailMesh.Hosting;

return await MailMeshHost.RunAsync("ingress", args, builder => builder.AddIngress());
