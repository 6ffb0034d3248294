using MailMesh.Accounts;

namespace MailMesh.Unit.Tests.Accounts;

public sealed class ScramCredentialsTests
{
    [Fact]
    public void The_stored_form_is_read_back()
    {
        var credentials = ScramCredentials.Derive("pencil", new byte[16], 4096)!;
        Assert.StartsWith("SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$", credentials.Stored, StringComparison.Ordinal);
        Assert.True(ScramCredentials.TryParse(credentials.Stored, out var read));
        Assert.Equal(credentials.Stored, read.Stored);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("SCRAM-SHA-1$4096:AAAA$AAAA:AAAA")]
    [InlineData("SCRAM-SHA-256$4096:AAAA$AAAA:AAAA")]
    [InlineData("SCRAM-SHA-256$10:AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("SCRAM-SHA-256$2000000000:AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("SCRAM-SHA-256$4096:!!!!$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void A_damaged_row_is_no_credentials(string? stored) => Assert.False(ScramCredentials.TryParse(stored, out _));

    [Fact]
    public void Decoys_stay_and_differ_by_name_and_by_server()
    {
        var decoy = ScramCredentials.Decoy([1], "nobody@ours.example", 4096);
        Assert.Equal(decoy.Salt.ToArray(), ScramCredentials.Decoy([1], "nobody@ours.example", 4096).Salt.ToArray());
        Assert.NotEqual(decoy.Salt.ToArray(), ScramCredentials.Decoy([1], "nobodi@ours.example", 4096).Salt.ToArray());
        Assert.NotEqual(decoy.Salt.ToArray(), ScramCredentials.Decoy([2], "nobody@ours.example", 4096).Salt.ToArray());
        Assert.Equal(ScramCredentials.Derive("x", new byte[16], 4096)!.Salt.Length, decoy.Salt.Length);
    }

    [Fact]
    public void Nothing_of_them_is_shown() => Assert.DoesNotContain("$", ScramCredentials.Derive("pencil", new byte[16], 4096)!.ToString(), StringComparison.Ordinal);

    /// <summary>RFC 4013 §3.</summary>
    [Theory]
    [InlineData("I\u00adX", "IX")]
    [InlineData("user", "user")]
    [InlineData("USER", "USER")]
    [InlineData("\u00aa", "a")]
    [InlineData("\u2168", "IX")]
    [InlineData("\u0007", null)]
    [InlineData("\u06271", null)]
    // The two forms of é, and what Japanese keyboards make of letters and blanks.
    [InlineData("caf\u0065\u0301", "caf\u00e9")]
    [InlineData("\uff21\u3000b", "A b")]
    [InlineData("密码", "密码")]
    public void SASLprep(string text, string? expected)
    {
        Assert.Equal(expected is not null, SaslPrep.TryPrepare(text, out var prepared));
        Assert.Equal(expected, prepared);
    }

    [Fact]
    public void A_password_that_SASLprep_does_not_take_has_none() => Assert.Null(ScramCredentials.Derive("bell\a", new byte[16], 4096));
}
