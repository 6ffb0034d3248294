using MailMesh.Hosting;
using MailMesh.Relay;

var program = new ServerProgram("relay", 8085, "sends mail on to other servers.", "HTTP 8085 (health, metrics)");

return await MailMeshHost.RunAsync(program, args, builder => builder.AddRelay());
