using MailMesh.Access;
using MailMesh.Admin;
using MailMesh.Filtering;
using MailMesh.Hosting;
using MailMesh.Ingress;
using MailMesh.Relay;
using MailMesh.Storage;

return await MailMeshHost.RunAsync("standalone", args, builder =>
{
    builder.AddIngress();
    builder.AddFiltering();
    builder.AddStorage();
    builder.AddAccess();
    builder.AddRelay();
    builder.AddAdmin();
});
