using System.Text;
using ICU4N.Text;

namespace MailMesh.Mailstore;

/// <summary>RFC 9051 §5.1, RFC 5198: names are kept in Normalization Form C, whichever way a client composes its letters.</summary>
/// <remarks>By ICU4N, since the platform normalizes nothing without ICU's own libraries; its tables are loaded at the first name that is not ASCII.</remarks>
public static class ComposedName
{
    private static readonly Lazy<Normalizer2> Nfc = new(() => Normalizer2.NFCInstance);

    public static string Of(string name) => Ascii.IsValid(name) ? name : Nfc.Value.Normalize(name);
}
