using MailMesh.Hosting;
using MailMesh.Ingress;

var program = new ServerProgram("ingress", 8081, "takes mail from clients and other servers by SMTP.", "SMTP 2525, submission 2587 (STARTTLS) and 2465 (TLS), HTTP 8081 (health, metrics)");

return await MailMeshHost.RunAsync(program, args, builder => builder.AddIngress());
