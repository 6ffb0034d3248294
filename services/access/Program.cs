using MailMesh.Access;
using MailMesh.Hosting;

var program = new ServerProgram("access", 8084, "lets people read their mail by IMAP and POP3.", "IMAP 2143 and 2993 (TLS), POP3 2110 and 2995 (TLS), HTTP 8084 (health, metrics)");

return await MailMeshHost.RunAsync(program, args, builder => builder.AddAccess());
