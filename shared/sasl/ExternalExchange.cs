using MailMesh.Accounts;

namespace MailMesh.Sasl;

/// <summary>RFC 4422 appendix A: the certificate has said who the client is; the response is empty, or chooses among the certificate's names.</summary>
internal sealed class ExternalExchange(SaslLogin login) : SaslExchange
{
    public override async Task<SaslStep> NextAsync(ReadOnlyMemory<byte> response, CancellationToken cancellationToken)
    {
        if (!TryDecode(response, out var wanted) || wanted.Contains('\0', StringComparison.Ordinal))
            return SaslStep.Refused.Malformed;
        var names = login.Peer.CertificateNames;
        User = wanted.Length > 0 ? wanted : names.Count > 0 ? names[0] : "";
        return await login.ProvedAsync(User, names.Any(name => IsSameAddress(name, User)));
    }

    private static bool IsSameAddress(string one, string other) =>
        MailAddress.TryParse(one, out var a) && MailAddress.TryParse(other, out var b) && a.ToString() == b.ToString();
}
