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
}
