using MailMesh.Filtering;
using MailMesh.Hosting;

var program = new ServerProgram("filtering", 8082, "judges each message and finds where its recipients are.", "HTTP 8082 (health, metrics)");

return await MailMeshHost.RunAsync(program, args, builder => builder.AddFiltering());
