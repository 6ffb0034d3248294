namespace MailMesh.Access.Imap;

/// <summary>RFC 5161: what the client has enabled, by ENABLE or by a command that enables, for the rest of the connection.</summary>
internal sealed class EnabledExtensions
{
    private Extension _enabled;

    /// <summary>RFC 7162 §3.1: the client is CONDSTORE-aware: every FETCH reply shows MODSEQ.</summary>
    public bool CondStore => Has(Extension.CondStore);

    /// <summary>RFC 7162 §3.2: VANISHED instead of EXPUNGE.</summary>
    public bool QResync => Has(Extension.QResync);

    /// <summary>RFC 7162 §3.2.4, RFC 9051 §7.5.2: FETCH replies that nobody asked for show the UID.</summary>
    public bool ShowsUids => QResync || Imap4Rev2;

    /// <summary>RFC 6855 §3: APPEND takes UTF8 (…), SEARCH no CHARSET.</summary>
    public bool Utf8Accept => Has(Extension.Utf8Accept);

    /// <summary>Mailbox names are UTF-8 on the wire.</summary>
    public bool Utf8Names => Utf8Accept || Imap4Rev2;

    /// <summary>RFC 9051 appendix E: nothing is \Recent, SEARCH is answered by ESEARCH, SELECT tells the mailbox by LIST.</summary>
    public bool Imap4Rev2 => Has(Extension.Imap4Rev2);

    /// <summary>RFC 9586: no sequence numbers, in neither direction.</summary>
    public bool UidOnly => Has(Extension.UidOnly);

    public void Add(Extension extension) => _enabled |= extension;

    public void Clear() => _enabled = Extension.None;

    private bool Has(Extension extension) => (_enabled & extension) != 0;
}

[Flags]
internal enum Extension
{
    None = 0,
    CondStore = 1,
    QResync = 2,
    Utf8Accept = 4,
    Imap4Rev2 = 8,
    UidOnly = 16,
}
