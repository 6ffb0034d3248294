using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 4467 §7 GENURLAUTH: URLs that let others fetch what they name.</summary>
internal sealed record GenUrlAuthCommand(IReadOnlyList<(string Url, string Mechanism)> Urls) : IImapCommand
{
    public const int MaxUrls = 100;

    /// <summary>RFC 4467 §7: a URL that does not pass is answered with BAD.</summary>
    private static readonly Completion Unknown = Completion.Bad("The URL is none of a message of yours that an access identifier can be given to");

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        var urls = new List<(string, string)>();
        do
        {
            scanner.ExpectSpace();
            var url = scanner.Astring();
            scanner.ExpectSpace();
            urls.Add((url, scanner.Keyword()));
            if (urls.Count > MaxUrls)
                scanner.Fail("Too many URLs");
        }
        while (!scanner.AtEnd);
        return new GenUrlAuthCommand(urls);
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var authorized = new List<string>(Urls.Count);
        foreach (var (text, mechanism) in Urls)
        {
            if (mechanism != UrlToken.Mechanism)
                return UrlToken.UnknownMechanism;
            if (ImapUrl.TryParse(text) is not { Authorization: { Mechanism: null } authorization, User: { } user } url
                || !UrlOctets.Names(user, session.Account.Address) || !UrlHost.IsHere(url.Host, session))
                return Unknown;
            if (await UrlOctets.FindMailboxAsync(session.Backend, session.Identity, url) is not { } mailbox)
                return Unknown;
            var key = await session.Backend.Keys.GetAsync(mailbox.Id, session.Account.Id);
            authorized.Add($"{authorization.Rump}:{UrlToken.Mechanism}:{UrlToken.Make(key, authorization.Rump)}");
        }
        session.Writer.Write("* GENURLAUTH"u8);
        foreach (var url in authorized)
        {
            session.Writer.Write(' ');
            session.Writer.String(url);
        }
        session.Writer.CrLf();
        return Completion.Ok("Genurlauth completed");
    }
}
