using MailMesh.Admin;
using MailMesh.Hosting;

var program = new ServerProgram("admin", ServerProgram.AdminPort, "what operators and programs ask, by HTTP.", "HTTP 8080 (admin API, health, metrics)");

return await MailMeshHost.RunAsync(program, args, builder => builder.AddAdmin());
