using MailMesh.Accounts;
using MailMesh.Contracts;
using MailMesh.Ingress.Message;

namespace MailMesh.Ingress.Pickup;

/// <summary>Whom a file comes from and goes to: as its X-Sender and X-Receiver lines say (the format of IIS's pickup folder), else as its own address fields do.</summary>
internal static class PickupEnvelope
{
    private static readonly string[] RecipientFields = ["To", "Cc", "Bcc"];

    /// <summary>Never sent on.</summary>
    private static readonly string[] Hidden = ["X-Sender", "X-Receiver", "Bcc"];

    /// <exception cref="BadPickupException">It says neither, or says it so that it cannot be read.</exception>
    public static Envelope Read(IReadOnlyList<HeaderField> header)
    {
        var receivers = header.Where(field => field.Is("X-Receiver")).ToList();
        var recipients = receivers.Count > 0 ? receivers : [.. header.Where(field => RecipientFields.Any(field.Is))];
        var paths = recipients.Where(field => field.Value.Length > 0).SelectMany(Addresses).Distinct(StringComparer.Ordinal).ToList();
        if (paths.Count == 0)
            throw new BadPickupException("There is no recipient: no X-Receiver, To, Cc or Bcc with an address.");
        var sender = Sender(header);
        return new Envelope { ReversePath = sender, ForwardPaths = paths, EightBitMime = true, Smtputf8 = !System.Text.Ascii.IsValid(sender) || paths.Exists(path => !System.Text.Ascii.IsValid(path)) };
    }

    /// <summary>True for a field that is for us alone.</summary>
    public static bool IsHidden(HeaderField field) => Hidden.Any(field.Is);

    private static string Sender(IReadOnlyList<HeaderField> header)
    {
        foreach (var name in (string[])["X-Sender", "Sender", "From"])
        {
            var fields = header.Where(field => field.Is(name)).ToList();
            if (fields.Count > 1)
                throw new BadPickupException($"There is more than one {name} field.");
            if (fields.Count == 1)
                return name == "X-Sender" && fields[0].Value is "<>" or "" ? "" : Addresses(fields[0]).First();
        }
        throw new BadPickupException("There is no sender: no X-Sender, Sender or From.");
    }

    private static IEnumerable<string> Addresses(HeaderField field) =>
        field.Mailboxes()?.Select(mailbox => mailbox.Address.ToString()) ?? throw new BadPickupException($"{field.Name} holds no address that can be read: {Shown(field.Value)}");

    private static string Shown(string value) => value.Length > 200 ? value[..200] + "…" : value;
}

/// <summary>A file that can never be sent as it is.</summary>
public sealed class BadPickupException(string reason) : Exception(reason);
