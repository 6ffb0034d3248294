namespace MailMesh.Mailstore;

/// <summary>What an account may still take; less than none where its quota was lowered.</summary>
internal readonly record struct QuotaRoom(long Octets, long Messages)
{
    public bool Fits(long octets, int messages) => octets <= Octets && messages <= Messages;

    public QuotaRoom After(long octets, int messages) => new(Octets - octets, Messages - messages);
}
