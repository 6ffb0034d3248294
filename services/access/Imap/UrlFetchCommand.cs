using MailMesh.Blobs;
using MailMesh.Mailstore;
using MailMesh.Mime;

namespace MailMesh.Access.Imap;

/// <summary>RFC 4467 §7 URLFETCH, with the parameters of RFC 5524: octets that a URL's owner lets this session fetch.</summary>
internal sealed record UrlFetchCommand(IReadOnlyList<UrlFetchItem> Urls) : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        var urls = new List<UrlFetchItem>();
        do
        {
            scanner.ExpectSpace();
            urls.Add(UrlFetchItem.Parse(ref scanner));
            if (urls.Count > GenUrlAuthCommand.MaxUrls)
                scanner.Fail("Too many URLs");
        }
        while (!scanner.AtEnd);
        return new UrlFetchCommand(urls);
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        foreach (var url in Urls)
            await FetchAsync(session, url);
        return Completion.Ok("Urlfetch completed");
    }

    private static async ValueTask FetchAsync(ImapSession session, UrlFetchItem item)
    {
        var writer = session.Writer;
        await using var octets = await OpenAsync(session, item);
        writer.InReply = true;
        writer.Write("* URLFETCH "u8);
        writer.String(item.Url);
        if (octets?.Content is null)
            writer.Write(" NIL"u8);
        else if (item.IsExtended)
            await WriteExtendedAsync(writer, item, octets);
        else
            await WriteAsync(writer, octets.Section!, " ", "");
        writer.CrLf();
        writer.InReply = false;
        await writer.FlushIfLargeAsync();
    }

    /// <summary>Null where the URL leads to nothing, or to nothing that this session may have: one answer, so that nobody learns which.</summary>
    private static async ValueTask<UrlOctets?> OpenAsync(ImapSession session, UrlFetchItem item)
    {
        if (ImapUrl.TryParse(item.Url) is not { Authorization: { } authorization, User: { } user } url
            || !UrlHost.IsHere(url.Host, session) || !MayFetch(session, authorization))
            return null;
        var owner = await session.Backend.Keys.OwnerAsync(user.Contains('@', StringComparison.Ordinal) ? user : $"{user}@{UrlHost.DomainOf(session.Account.Address)}");
        if (owner is not { } reader || await UrlOctets.FindMailboxAsync(session.Backend, reader, url) is not { } mailbox)
            return null;
        if (await session.Backend.Keys.FindAsync(mailbox.Id, reader.AccountId) is not { } key || !UrlToken.IsRight(key, authorization.Rump, authorization.Token!))
            return null;
        try
        {
            return await UrlOctets.OpenAsync(session.Backend, reader, url, item.AsksBinary ? FetchKind.Binary : FetchKind.Section);
        }
        catch (BlobException damaged)
        {
            ImapLog.MessageUnreadable(session.Server.Log, damaged, url.Uid, mailbox.Name);
            return null;
        }
    }

    /// <summary>RFC 4467 §3: the access identifier, and the time until which it is good.</summary>
    private static bool MayFetch(ImapSession session, UrlAuthorization authorization)
    {
        if (authorization is not { Mechanism: UrlToken.Mechanism, Token.Length: > 0 } || authorization.Expires <= session.Server.Clock.GetUtcNow())
            return false;
        return authorization.Access switch
        {
            "user+" => UrlOctets.Names(authorization.User, session.Account.Address),
            "submit+" => session.Server.Options.UrlSubmitters.Contains(session.Account.Address, StringComparer.OrdinalIgnoreCase),
            _ => true, // authuser, anonymous: this session is logged in
        };
    }

    private static async ValueTask WriteExtendedAsync(ImapWriter writer, UrlFetchItem item, UrlOctets octets)
    {
        if (item.AsksStructure)
        {
            writer.Write(" (BODYPARTSTRUCTURE "u8);
            if (Structure(octets) is { } part)
                BodyStructureReply.Write(writer, part, extended: true);
            else
                writer.Write("NIL"u8);
            writer.Write(')');
        }
        if (item.AsksBinary)
            await WriteAsync(writer, octets.Section, " (BINARY ", ")");
        else if (item.AsksBody)
            await WriteAsync(writer, octets.Section, " (BODY ", ")");
    }

    /// <param name="section">Null where it cannot be decoded.</param>
    private static async ValueTask WriteAsync(ImapWriter writer, FetchedSection? section, string before, string after)
    {
        writer.Write(before);
        if (section is null)
            writer.Write("NIL"u8);
        else
            await section.WriteAsync(writer);
        writer.Write(after);
    }

    /// <summary>The part that a URL names; of one that comes decoded, as it would be described if it stood so in the message. Null for a header or text.</summary>
    private static BodyPart? Structure(UrlOctets octets)
    {
        var wanted = octets.Wanted!;
        var root = MessageIndex.DecodeStructure(octets.Content!.Structure);
        var part = wanted.Path.Count == 0 ? root : SectionRange.PartOf(wanted, root);
        if (wanted.Text != SectionText.All || part is null)
            return null;
        return octets.Section?.Count is { } count
            ? part with { Encoding = count.Encoding, BodyOffset = 0, EndOffset = count.Octets, Lines = count.Lines }
            : part;
    }
}

/// <summary>A URL of URLFETCH and what is wanted of it.</summary>
/// <param name="IsExtended">In the form of RFC 5524, between parentheses.</param>
internal sealed record UrlFetchItem(string Url, bool IsExtended)
{
    public bool AsksBody { get; init; }

    public bool AsksBinary { get; init; }

    public bool AsksStructure { get; init; }

    public static UrlFetchItem Parse(ref ImapScanner scanner)
    {
        if (!scanner.Take('('))
            return new UrlFetchItem(scanner.Astring(), IsExtended: false);
        var item = new UrlFetchItem(scanner.Astring(), IsExtended: true);
        while (scanner.Take(' '))
            item = item.With(scanner.Keyword(), ref scanner);
        scanner.Expect(')');
        if (item is { AsksBody: true, AsksBinary: true })
            scanner.Fail("BODY and BINARY exclude each other"); // RFC 5524 §3
        return item is { AsksBody: false, AsksBinary: false, AsksStructure: false } ? item with { AsksBody = true } : item;
    }

    private UrlFetchItem With(string parameter, ref ImapScanner scanner)
    {
        switch (parameter)
        {
            case "BODY":
                return this with { AsksBody = true };
            case "BINARY":
                return this with { AsksBinary = true };
            case "BODYPARTSTRUCTURE":
                return this with { AsksStructure = true };
            default:
                scanner.Fail("Unknown URLFETCH parameter");
                return this;
        }
    }
}
