using System.Runtime.CompilerServices;
using System.Text;

namespace MailMesh.Unit.Tests;

/// <summary>What a server does at its start: MimeKit remembers at its first use which charsets there are, whichever test that is in.</summary>
internal static class Charsets
{
    [ModuleInitializer]
    internal static void Register() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
}
