using MailMesh.Mailstore;

namespace MailMesh.Unit.Tests.Mailstore;

/// <summary>RFC 4314 §2: letters of rights, identifiers and names of shared mailboxes.</summary>
public sealed class MailboxRightsTests
{
    [Theory]
    [InlineData("", "", "")]
    [InlineData("lrswipkxtea", "lrswipkxtea", "lrswipkxteacd")]
    [InlineData("aetxkpiwsrl", "lrswipkxtea", "lrswipkxteacd")]
    [InlineData("c", "k", "kc")]
    [InlineData("d", "xte", "xted")]
    [InlineData("t", "t", "td")]
    [InlineData("lrlr", "lr", "lr")]
    public void Letters_come_back_in_order(string given, string kept, string shown)
    {
        var rights = MailboxRightsText.Parse(given)!.Value;
        Assert.Equal((kept, shown), (MailboxRightsText.Format(rights), MailboxRightsText.FormatForClients(rights)));
    }

    [Theory]
    [InlineData("L")]
    [InlineData("lr0")]
    [InlineData("l r")]
    [InlineData("é")]
    public void Other_letters_are_no_rights(string given) => Assert.Null(MailboxRightsText.Parse(given));

    [Theory]
    [InlineData("Bob@Example.Test", "bob@example.test", "bob@example.test")]
    [InlineData("bob", "bob@example.test", "bob@example.test")]
    [InlineData("-bob", "-bob@example.test", "-bob@example.test")]
    [InlineData("anyone", "@example.test", "anyone")]
    [InlineData("-Anyone", "-@example.test", "-anyone")]
    [InlineData("@elsewhere.test", "@elsewhere.test", "@elsewhere.test")]
    public void Identifiers_are_kept_in_one_form(string given, string kept, string shown)
    {
        Assert.Equal(kept, RightsHolder.Parse(given, "alice@example.test"));
        Assert.Equal(shown, RightsHolder.Format(kept, "alice@example.test"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("@")]
    [InlineData("bob@")]
    [InlineData("a b")]
    [InlineData("a\u0000b")]
    [InlineData("a\u0085b")]
    public void What_cannot_be_an_identifier_is_none(string given) => Assert.Null(RightsHolder.Parse(given, "alice@example.test"));

    [Fact]
    public void An_identifier_is_bounded() => Assert.Null(RightsHolder.Parse(new string('a', RightsHolder.MaxLength + 1), "alice@example.test"));

    [Theory]
    [InlineData("Other Users/Alice@Example.test/a/b", "alice@example.test", "a/b")]
    [InlineData("Other Users/x/INBOX", "x", "INBOX")]
    public void Paths_have_an_owner_and_a_name(string path, string owner, string name)
    {
        Assert.True(MailboxPath.TrySplit(path, out var foundOwner, out var foundName));
        Assert.Equal((owner, name), (foundOwner, foundName));
    }

    [Theory]
    [InlineData("Other Users")]
    [InlineData("Other Users/")]
    [InlineData("Other Users/x")]
    [InlineData("Other Users/x/")]
    [InlineData("Other Users//a")]
    [InlineData("other users/x/a")]
    [InlineData("INBOX")]
    public void Other_names_are_no_paths(string path) => Assert.False(MailboxPath.TrySplit(path, out _, out _));
}
