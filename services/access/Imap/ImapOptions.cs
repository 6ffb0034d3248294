using MailMesh.Hosting;
using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>Settings of the IMAP service, below MAILMESH__ACCESS__IMAP__.</summary>
public sealed record ImapOptions
{
    /// <summary>Longest command without its literals, in octets; RFC 7162 §4 asks for 8192 at least, long UID sets for more.</summary>
    public const int MaxLineOctets = 64 * 1024;

    /// <summary>Literals of one command together, APPEND's message aside.</summary>
    public const int MaxLiteralOctets = 64 * 1024;

    /// <summary>Literals of one command: each is another look at the whole.</summary>
    public const int MaxLiterals = 1000;

    /// <summary>What is on its way and nobody wants is read away up to this size, the connection ending or not.</summary>
    public const long MaxDiscardedOctets = 256L * 1024 * 1024;

    /// <summary>A line that is too long is read to its end up to this size; past it the connection ends.</summary>
    public const long MaxEndlessOctets = 1024 * 1024;

    /// <summary>How long replies wait for those of further commands that the client sent together: one that uploads thousands of messages so must hear that we live.</summary>
    public static readonly TimeSpan ReplyDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>Silence after BYE that ends the wait for a literal on its way.</summary>
    public static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(2);

    /// <summary>Bad commands in a row before the connection ends: no client of good will gets there.</summary>
    public const int MaxBadCommands = 20;

    /// <summary>Commands in a row that failed, for whatever reason, before the connection ends.</summary>
    public const int MaxFailedCommands = 100;

    /// <summary>Failed logins before the connection ends.</summary>
    public const int MaxFailedLogins = 5;

    /// <summary>Longest URL of a JMAP service: it goes out as a quoted string, and clients have line limits.</summary>
    public const int MaxJmapUrlOctets = 1000;

    /// <summary>Octets of replies that gather before they are sent.</summary>
    public const int FlushThreshold = 32 * 1024;

    /// <summary>Largest message of APPEND: MAILMESH__ACCESS__IMAP__MAXAPPENDBYTES, 25 MiB as SMTP takes.</summary>
    public long MaxAppendBytes { get; init; } = 25 * 1024 * 1024;

    /// <summary>Silence before a login that ends the connection: MAILMESH__ACCESS__IMAP__LOGINTIMEOUT.</summary>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>RFC 3501 §5.4: at least 30 minutes. MAILMESH__ACCESS__IMAP__IDLETIMEOUT.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a client may stop within a literal, or read nothing of a reply: MAILMESH__ACCESS__IMAP__TRANSFERTIMEOUT.</summary>
    public TimeSpan TransferTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How often this process asks a database that others change too whether an event was lost: MAILMESH__ACCESS__IMAP__CATCHUPINTERVAL.
    /// One query of a few milliseconds.
    /// </summary>
    public TimeSpan CatchUpInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Sessions of one account at once: MAILMESH__ACCESS__IMAP__MAXPERACCOUNT. Desktop clients open five, and people have several devices.</summary>
    public int MaxPerAccount { get; init; } = 100;

    /// <summary>Connections of one address at once, exempt networks aside: MAILMESH__ACCESS__IMAP__MAXPERADDRESS. Offices share an address.</summary>
    public int MaxPerAddress { get; init; } = 500;

    /// <summary>
    /// Messages of mailboxes that nobody has selected any more which stay in memory: MAILMESH__ACCESS__IMAP__REMEMBEREDMESSAGES. Each takes about 110 octets; a mailbox is
    /// brought up to date when it is selected again, which costs as much as has changed.
    /// </summary>
    public int RememberedMessages { get; init; } = new MailboxSnapshotOptions().RememberedMessages;

    /// <summary>
    /// RFC 9738: messages that one FETCH, STORE, SEARCH, SORT, THREAD, COPY, MOVE or UID EXPUNGE processes: MAILMESH__ACCESS__IMAP__MESSAGELIMIT, 1000 or more
    /// (RFC 9738 §3); 0 for any number, and nothing announced. A client that does not know the extension takes what is left out for gone (mbsync would
    /// remove its own copy), so the default is more than a mailbox ever holds.
    /// </summary>
    public long MessageLimit { get; init; } = 10_000_000;

    /// <summary>
    /// RFC 4467 §3: accounts of submission servers, which fetch what a URL lets submit+ fetch: MAILMESH__ACCESS__IMAP__URLSUBMITTERS, comma-separated.
    /// </summary>
    public IReadOnlyList<string> UrlSubmitters { get; init; } = [];

    /// <summary>
    /// RFC 9698: the session resource of a JMAP service that the operator runs for the same accounts, by the same credentials, with the object ids of RFC 8474 that
    /// we give: MAILMESH__ACCESS__IMAP__JMAPURL. Null where there is none, and nothing is announced.
    /// </summary>
    public string? JmapUrl { get; init; }

    /// <exception cref="SettingException">A value is wrong.</exception>
    public static ImapOptions From(Settings settings)
    {
        var defaults = new ImapOptions();
        return new ImapOptions
        {
            MaxAppendBytes = settings.Number("Access:Imap:MaxAppendBytes", defaults.MaxAppendBytes, 1024, 1L << 40),
            LoginTimeout = settings.Time("Access:Imap:LoginTimeout", defaults.LoginTimeout),
            IdleTimeout = settings.Time("Access:Imap:IdleTimeout", defaults.IdleTimeout),
            TransferTimeout = settings.Time("Access:Imap:TransferTimeout", defaults.TransferTimeout),
            CatchUpInterval = settings.Time("Access:Imap:CatchUpInterval", defaults.CatchUpInterval),
            MaxPerAccount = (int)settings.Number("Access:Imap:MaxPerAccount", defaults.MaxPerAccount, 1, 1_000_000),
            RememberedMessages = (int)settings.Number("Access:Imap:RememberedMessages", defaults.RememberedMessages, 0, 100_000_000),
            MessageLimit = MessagesOf(settings, defaults.MessageLimit),
            UrlSubmitters = settings.Text("Access:Imap:UrlSubmitters")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
            JmapUrl = JmapUrlOf(settings),
            MaxPerAddress = (int)settings.Number("Access:Imap:MaxPerAddress", defaults.MaxPerAddress, 1, 1_000_000),
        };
    }

    /// <summary>Clients send their passwords there: never in clear. The value is not repeated in the error: it might hold a password itself.</summary>
    private static string? JmapUrlOf(Settings settings)
    {
        if (settings.Text("Access:Imap:JmapUrl") is not { } text)
            return null;
        var isPlain = text.Length <= MaxJmapUrlOctets && text.All(c => c is > ' ' and <= '~' and not ('"' or '\\' or '#'));
        return isPlain && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.IsWellFormedOriginalString() && url.Scheme == Uri.UriSchemeHttps && url.UserInfo.Length == 0
            ? text
            : throw new SettingException("Access:Imap:JmapUrl", $"takes an https URL of at most {MaxJmapUrlOctets} characters of ASCII, without a user, a password or a fragment");
    }

    private static long MessagesOf(Settings settings, long @default)
    {
        var limit = settings.Number("Access:Imap:MessageLimit", @default, 0, int.MaxValue);
        return limit is 0 or >= 1000 ? limit : throw new SettingException("Access:Imap:MessageLimit", $"{limit}", "0 for any number, or a whole number from 1000");
    }
}
