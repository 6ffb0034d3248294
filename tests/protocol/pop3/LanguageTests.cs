namespace MailMesh.Protocol.Tests.Pop3;

/// <summary>RFC 6856 UTF8 and LANG.</summary>
public sealed class LanguageTests : IAsyncLifetime
{
    private Pop3Home _home = null!;

    public async Task InitializeAsync() => _home = await Pop3Home.CreateAsync();

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [Fact]
    public async Task Utf8_and_languages()
    {
        await _home.AppendAsync("Subject: x\n\n");
        await _home.RunAsync("""
            S: +OK …
            C: CAPA
            S> UTF8 USER
            S: LANG
            S> .
            C: LANG
            S: +OK …
            S: i-default …
            S: en English
            S: .
            C: LANG fr
            S: -ERR …
            C: LANG EN-us
            S: +OK en …
            C: LANG *
            S: +OK i-default …
            C: UTF8
            S: +OK …
            C: USER mary@example.test
            S: +OK …
            C: PASS secret word
            S: +OK …
            C: UTF8
            S: -ERR …
            C: LANG en
            S: +OK en …
            C: QUIT
            S: +OK …
            END
            """);
    }

    /// <summary>RFC 6856 §2.1 and RFC 6858: a client that does not say UTF8 gets no UTF-8 in headers, and sizes of what it gets.</summary>
    [Fact]
    public async Task Headers_are_downgraded_without_UTF8()
    {
        await _home.AppendAsync("Subject: Gr\u00c3\u00bc\u00c3\u009fe\nX-Any: \u00c3\u00bc\n\none\ntwo\n", isInternational: true);
        await _home.AppendAsync("Subject: \u00c3\u00bc\n\none\n");
        await _home.RunAsync($"""
            {Pop3Home.Login}
            C: RETR 1
            S: +OK 47 octets
            S: Subject: =?utf-8?B?R3LDvMOfZQ==?=
            S:
            S: one
            S: two
            S: .
            C: TOP 1 1
            S: +OK …
            S: Subject: =?utf-8?B?R3LDvMOfZQ==?=
            S:
            S: one
            S: .
            C: RETR 2
            S: +OK 20 octets
            S: Subject: ü
            S:
            S: one
            S: .
            C: QUIT
            S: +OK …
            END
            """);
        await _home.RunAsync("""
            S: +OK …
            C: UTF8
            S: +OK …
            C: USER mary@example.test
            S: +OK …
            C: PASS secret word
            S: +OK …
            C: RETR 1
            S: +OK 41 octets
            S: Subject: Grüße
            S: X-Any: ü
            S:
            S: one
            S: two
            S: .
            C: QUIT
            S: +OK …
            END
            """);
    }
}
