using MailMesh.Access;
using MailMesh.Admin;
using MailMesh.Filtering;
using MailMesh.Hosting;
using MailMesh.Ingress;
using MailMesh.Relay;
using MailMesh.Storage;

const string Ports =
    """
    SMTP 2525, submission 2587 (STARTTLS) and 2465 (TLS), IMAP 2143 and 2993 (TLS), POP3 2110 and 2995 (TLS),
        HTTP 8080 (admin API, health, metrics)
    """;
var program = new ServerProgram("standalone", ServerProgram.AdminPort, "a mail server in one process.", Ports) { IsStandalone = true };

return await MailMeshHost.RunAsync(program, args, builder =>
{
    builder.AddIngress();
    builder.AddFiltering();
    builder.AddStorage();
    builder.AddAccess();
    builder.AddRelay();
    builder.AddAdmin();
});
