namespace MailMesh.Ingress.Message;

/// <summary>Why a message's octets cannot be taken.</summary>
internal enum DataViolation
{
    None,
    Nul,
    BareCr,
    BareLf,
    LineTooLong,
    TooLarge,
}
