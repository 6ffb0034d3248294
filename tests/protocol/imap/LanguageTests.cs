namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 5255 §3 LANGUAGE.</summary>
[Collection(ImapCollection.Name)]
public sealed class LanguageTests(ImapWorld world)
{
    [Fact]
    public Task English_is_what_there_is() => world.PlayAsync("""
        C: a LANGUAGE
        S: * LANGUAGE ("i-default" "en")
        S: a OK …
        C: b LANGUAGE de-DE en-GB
        S: * LANGUAGE ("en")
        S: b OK …
        C: c LANGUAGE DEFAULT
        S: * LANGUAGE ("i-default")
        S: c OK …
        C: d LANGUAGE ja "fr"
        S: d NO …
        C: e LANGUAGE (en)
        S: e BAD …
        """);
}
