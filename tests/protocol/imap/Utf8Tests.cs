namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 6855 UTF8=ACCEPT.</summary>
[Collection(ImapCollection.Name)]
public sealed class Utf8Tests(ImapWorld world)
{
    [Fact]
    public Task Names_are_utf8_once_it_is_enabled() => world.PlayAsync(2, """
        C1: a CREATE &ZeVnLIqe-
        S1: a OK …
        C1: b CREATE "日本"
        S1: b BAD …
        C1: c ENABLE UTF8=ACCEPT
        S1: * ENABLED UTF8=ACCEPT
        S1: c OK …
        C1: d LIST "" "日*"
        S1: * LIST (\HasNoChildren) "/" "日本語"
        S1: d OK …
        C1: e CREATE "a&b&ZeU-"
        S1: e OK …
        C1: f CREATE "\"x\\"
        S1: f OK …
        C1: g LIST "" "*&*"
        S1: * LIST (\HasNoChildren) "/" a&b&ZeU-
        S1: g OK …
        C1: h STATUS "\"x\\" (MESSAGES)
        S1: * STATUS "\"x\\" (MESSAGES 0)
        S1: h OK …
        C1~ i STATUS "\xff" (MESSAGES)\r\n
        S1: i BAD …
        C1: j SELECT {9+}
        C1: 日本語
        S1> j OK …
        C2: a LIST "" (a* "&ZeU-*")
        S2: * LIST (\HasNoChildren) "/" a&-b&-ZeU-
        S2: * LIST (\HasNoChildren) "/" &ZeVnLIqe-
        S2: a OK …
        """);

    /// <summary>RFC 6855 §3: SEARCH is in UTF-8, and says so no longer; §4: APPEND of a message with UTF-8 in its header.</summary>
    [Fact]
    public Task Appending_and_searching() => world.PlayAsync("""
        C: a ENABLE UTF8=ACCEPT
        S: * ENABLED UTF8=ACCEPT
        S: a OK …
        C: b APPEND INBOX (\Seen) UTF8 (~{20+}
        C~ Subject: Grüße\r\n\r\n)\r\n
        S: b OK [APPENDUID …
        C: c APPEND INBOX UTF8 (~{20}
        S: + …
        C~ Subject: Grüße\r\n\r\n UTF8 (~{3+}\r\nx\r\n)\r\n
        S: c BAD …
        C: d APPEND INBOX CATENATE (UTF8 (~{18+}
        C~ Subject: Grüße\r\n) TEXT {3+}\r\n\r\nx)\r\n
        S: d OK [APPENDUID …
        C: e APPEND INBOX UTF8 ({3+}
        C~ abc)\r\n
        S: e BAD …
        C: s SELECT INBOX
        S> s OK …
        C: f SEARCH SUBJECT "grüße"
        S: * SEARCH 1 2
        S: f OK …
        C: g SEARCH CHARSET UTF-8 SUBJECT "grüße"
        S: g BAD …
        """);
}
