using System.Buffers;
using MailMesh.Mailstore;
using MailMesh.Mime;

namespace MailMesh.Access.Imap;

/// <summary>What a URL leads to, opened.</summary>
internal sealed class UrlOctets : IAsyncDisposable
{
    private static readonly UrlOctets Nothing = new(null, null, null);

    private readonly FetchedSections? _fetched;

    private UrlOctets(FetchedSections? fetched, MessageContent? content, BodySection? wanted)
    {
        _fetched = fetched;
        Content = content;
        Wanted = wanted;
    }

    /// <summary>Null where the URL leads to nothing.</summary>
    public FetchedSection? Section => _fetched?.Sections[0];

    /// <summary>The message of the section.</summary>
    public MessageContent? Content { get; }

    public BodySection? Wanted { get; }

    /// <summary>Opens what the session may read itself: a URL relative to its account, or one that names its account or another's (RFC 4469 §3).</summary>
    public static async ValueTask<UrlOctets> OpenAsync(ImapSession session, string text)
    {
        if (ImapUrl.TryParse(text) is not { } url || !UrlHost.IsHere(url.Host, session) || (url.Mailbox ?? session.View?.Name) is not { } mailbox)
            return Nothing;
        if (!Names(url.User, session.Account.Address))
            mailbox = MailboxPath.Of(url.User!.ToLowerInvariant(), mailbox);
        return await OpenAsync(session.Backend, session.Identity, url with { Mailbox = mailbox });
    }

    /// <summary>Opens what a URL names, in the eyes of a reader.</summary>
    /// <param name="kind">The section as it stands, or decoded.</param>
    /// <exception cref="Blobs.BlobException">The message cannot be read.</exception>
    public static async ValueTask<UrlOctets> OpenAsync(ImapBackend backend, MailboxReader reader, ImapUrl url, FetchKind kind = FetchKind.Section)
    {
        if (await FindMailboxAsync(backend, reader, url) is not { } mailbox)
            return Nothing;
        if (await backend.Store.FindContentAsync(mailbox.Id, url.Uid) is not { } content)
            return Nothing;
        var section = url.Section ?? BodySection.Whole;
        var item = new FetchItem(kind, "") { Section = section, PartialStart = url.Partial?.Start, PartialCount = url.Partial?.Count ?? long.MaxValue };
        var fetched = new FetchedSections(backend.Store);
        try
        {
            var isDecodable = await fetched.OpenAsync(content, MessageIndex.DecodeStructure(content.Structure), [item]);
            return isDecodable && fetched.Sections[0] is not null ? new UrlOctets(fetched, content, section) : isDecodable ? Nothing : new UrlOctets(null, content, section);
        }
        catch
        {
            await fetched.DisposeAsync();
            throw;
        }
    }

    /// <summary>The mailbox of a URL, with the UIDVALIDITY that it asks for; null where there is none that the reader may read.</summary>
    public static async ValueTask<MailboxInfo?> FindMailboxAsync(ImapBackend backend, MailboxReader reader, ImapUrl url)
    {
        try
        {
            var found = await backend.Access.FindAsync(reader, url.Mailbox!);
            return found is { Mailbox: { NoSelect: false } mailbox } && found.May(MailboxRights.Read) && (url.UidValidity is null || url.UidValidity == mailbox.UidValidity)
                ? mailbox
                : null;
        }
        catch (MailboxException)
        {
            return null; // the name is none
        }
    }

    /// <summary>True where a URL's user is the account: none, its address, or what stands before the address's @.</summary>
    public static bool Names(string? user, string address) =>
        user is null || user.Equals(address, StringComparison.OrdinalIgnoreCase)
        || (address.Length > user.Length && address[user.Length] == '@' && address.StartsWith(user, StringComparison.OrdinalIgnoreCase));

    /// <summary>Hands the octets on, a piece at a time.</summary>
    public async ValueTask CopyAsync(Func<ReadOnlyMemory<byte>, ValueTask> sink)
    {
        if (Section is not { Source: { } source } section)
        {
            await sink(Section!.Octets);
            return;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            for (var left = section.Length; left > 0;)
            {
                var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)));
                if (read == 0)
                    throw new Blobs.BlobException("A message in the store is shorter than its index says.");
                await sink(buffer.AsMemory(0, read));
                left -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public ValueTask DisposeAsync() => _fetched?.DisposeAsync() ?? ValueTask.CompletedTask;
}
