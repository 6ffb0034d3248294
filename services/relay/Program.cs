using MailMesh.Hosting;
using MailMesh.Relay;

return await MailMeshHost.RunAsync("relay", args, builder => builder.AddRelay());
