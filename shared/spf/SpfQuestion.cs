using System.Net;

namespace MailMesh.Spf;

/// <summary>RFC 7208 §4.1: the arguments of check_host(), which stay the same through includes and redirects.</summary>
/// <param name="Client">Address of the client; IPv4 never in its mapped form.</param>
/// <param name="Sender">local-part@domain of the identity.</param>
/// <param name="Helo">As the client said it.</param>
/// <param name="Receiver">Our name, for %{r}.</param>
public sealed record SpfQuestion(IPAddress Client, string Sender, string Helo, string Receiver)
{
    /// <summary>RFC 7208 §4.3: a sender without local-part has 'postmaster'.</summary>
    public string LocalPart => Sender.LastIndexOf('@') is > 0 and var at ? Sender[..at] : "postmaster";

    public string Domain => Sender[(Sender.LastIndexOf('@') + 1)..];

    public string FullSender => $"{LocalPart}@{Domain}";
}
