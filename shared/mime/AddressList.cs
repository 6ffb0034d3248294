namespace MailMesh.Mime;

/// <summary>The addresses of one field's value.</summary>
public static class AddressList
{
    /// <summary>Reads an RFC 5322 §3.4 address list, obsolete forms included; nothing is unreadable, and what is missing has a stand-in (<see cref="EnvelopeAddress"/>).</summary>
    /// <param name="value">Unfolded.</param>
    public static IReadOnlyList<EnvelopeAddress> Read(string value)
    {
        var addresses = new List<EnvelopeAddress>();
        new AddressParser(AddressParser.MaxAddressesPerField).Parse(value, addresses);
        return addresses;
    }
}
