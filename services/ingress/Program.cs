using MailMesh.Hosting;
using MailMesh.Ingress;

return await MailMeshHost.RunAsync("ingress", args, builder => builder.AddIngress());
