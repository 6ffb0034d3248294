using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace MailMesh.Sasl;

/// <summary>The mail addresses that a certificate names: RFC 5280 §4.2.1.6, rfc822Name of subjectAltName.</summary>
internal static class CertificateMail
{
    private const string SubjectAltName = "2.5.29.17";
    private const int MaxNames = 20;

    private static readonly Asn1Tag Rfc822Name = new(TagClass.ContextSpecific, 1);

    public static IReadOnlyList<string> NamesOf(X509Certificate2 certificate)
    {
        var names = new List<string>();
        try
        {
            foreach (var extension in certificate.Extensions.Where(extension => extension.Oid?.Value == SubjectAltName))
                Read(extension.RawData, names);
        }
        catch (AsnContentException)
        {
            return []; // an authority that writes what is no name has named nobody
        }
        return names;
    }

    private static void Read(byte[] extension, List<string> names)
    {
        var general = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (general.HasData && names.Count < MaxNames)
        {
            if (general.PeekTag().HasSameClassAndValue(Rfc822Name))
                names.Add(general.ReadCharacterString(UniversalTagNumber.IA5String, Rfc822Name));
            else
                general.ReadEncodedValue();
        }
    }
}
