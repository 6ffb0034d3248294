using MailMesh.Access;
using MailMesh.Admin;
using MailMesh.Filtering;
using MailMesh.Hosting;
using MailMesh.Ingress;
using MailMesh.Relay;
using MailMesh.Standalone;
using MailMesh.Storage;

if (!StandaloneCommandLine.TryParse(args, out var settings, out var say, out var refused))
    return StandaloneCommandLine.End(say, refused);

return await MailMeshHost.RunAsync("standalone", settings, builder =>
{
    builder.AddIngress();
    builder.AddFiltering();
    builder.AddStorage();
    builder.AddAccess();
    builder.AddRelay();
    builder.AddAdmin();
});
