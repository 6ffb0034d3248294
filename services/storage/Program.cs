using MailMesh.Hosting;
using MailMesh.Storage;

var program = new ServerProgram("storage", 8083, "puts messages into mailboxes, and keeps schema and bodies in order.", "HTTP 8083 (health, metrics)");

return await MailMeshHost.RunAsync(program, args, builder => builder.AddStorage());
