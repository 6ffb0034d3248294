using MailMesh.Relay;
using MailMesh.Hosting;

return await MailMeshHost.RunAsync("relay", args, builder => builder.AddRelay());
