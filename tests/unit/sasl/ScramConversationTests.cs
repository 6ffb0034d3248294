using CsCheck;
using MailMesh.Accounts;
using MailMesh.Sasl;
using MailMesh.Testing;

namespace MailMesh.Unit.Tests.Sasl;

public sealed class ScramConversationTests
{
    private const string ClientNonce = "rOprNGfwEbeRWgbNEkqO";
    private const string ServerNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

    private static readonly byte[] Binding = [1, 2, 3, 4];

    /// <summary>RFC 7677 §3.</summary>
    [Fact]
    public void The_example_of_the_standard()
    {
        var credentials = ScramCredentials.Derive("pencil", Convert.FromBase64String("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096)!;
        var server = new ScramConversation(isPlus: false, channelBinding: null, ServerNonce);
        Assert.True(server.TryBegin($"n,,n=user,r={ClientNonce}"));
        Assert.Equal("user", server.User);
        Assert.False(server.IsRefused);
        Assert.Equal($"r={ClientNonce}{ServerNonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", server.Challenge(credentials));
        Assert.True(server.TryFinish($"c=biws,r={ClientNonce}{ServerNonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", credentials, out var answer));
        Assert.Equal("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", answer);
    }

    /// <summary>Whatever the password, its owner comes in, and one changed octet of the proof, another nonce or another binding keeps everybody out.</summary>
    [Fact]
    public void The_right_password_alone_comes_in() =>
        Gen.Select(Gen.String[Gen.Char['!', '~'], 1, 40], Gen.String[Gen.Char['!', '~'], 1, 40], Gen.Byte.Array[16], Gen.Int[0, 31], Gen.Int[1, 255], Gen.Bool)
            .Sample((password, other, salt, place, change, isPlus) =>
            {
                var credentials = ScramCredentials.Derive(password, salt, 4096)!;
                Assert.NotNull(Answer(credentials, isPlus, Client(password, isPlus), final => final));
                Assert.Equal(other == password, Answer(credentials, isPlus, Client(other, isPlus), final => final) is not null);
                Assert.Null(Answer(credentials, isPlus, Client(password, isPlus), final => WithOtherProof(final, place, change)));
                Assert.Null(Answer(credentials, isPlus, Client(password, isPlus), final => final.Replace(",r=", ",r=x", StringComparison.Ordinal)));
                Assert.Null(Answer(credentials, isPlus, new ScramClient("u", password, isPlus ? "p=tls-server-end-point,," : "n,,", [9]), final => final));
            }, iter: 30, threads: 1);

    [Fact]
    public void The_server_shows_that_it_knows_the_verifier()
    {
        var credentials = ScramCredentials.Derive("pencil", new byte[16], 4096)!;
        var client = Client("pencil", isPlus: true);
        Assert.Equal(Answer(credentials, isPlus: true, client, final => final), client.ExpectedServerFinal);
    }

    [Theory]
    // RFC 5802 §6: 'y' where PLUS is offered is a downgrade; where it is not, the client is right.
    [InlineData("y,,", false, true, true)]
    [InlineData("y,,", false, false, false)]
    [InlineData("y,,", true, true, true)]
    [InlineData("n,,", false, true, false)]
    [InlineData("n,,", true, true, true)]
    [InlineData("p=tls-server-end-point,,", true, true, false)]
    [InlineData("p=tls-server-end-point,,", false, true, true)]
    [InlineData("p=tls-unique,,", true, true, true)]
    [InlineData("p=tls-exporter,,", true, true, true)]
    public void Who_is_refused_before_a_proof(string header, bool isPlus, bool isOffered, bool refused)
    {
        var server = new ScramConversation(isPlus, isOffered ? Binding : null, ServerNonce);
        Assert.True(server.TryBegin($"{header}n=user,r={ClientNonce}"));
        Assert.Equal(refused, server.IsRefused);
    }

    /// <summary>Nobody acts for another; who asks to has to prove who it is first.</summary>
    [Theory]
    [InlineData("n,,", true)]
    [InlineData("n,a=User,", true)]
    [InlineData("n,a=other,", false)]
    public void Who_acts_for_itself(string header, bool isForSelf)
    {
        var server = new ScramConversation(isPlus: false, null, ServerNonce);
        Assert.True(server.TryBegin($"{header}n=user,r={ClientNonce}"));
        Assert.Equal((false, isForSelf), (server.IsRefused, server.IsForSelf));
    }

    [Theory]
    [InlineData("")]
    [InlineData("n,,")]
    [InlineData("n,,n=user")]
    [InlineData("n,,n=,r=abc")]
    [InlineData("n,,n=user,r=")]
    [InlineData("n,,r=abc,n=user")]
    [InlineData("n,,m=ext,n=user,r=abc")]
    [InlineData("n,,n=us=er,r=abc")]
    [InlineData("n,,n=us\0er,r=abc")]
    [InlineData("n,,n=user,r=a bc")]
    [InlineData("x,,n=user,r=abc")]
    [InlineData("p=,,n=user,r=abc")]
    [InlineData("n,b=x,n=user,r=abc")]
    public void What_is_no_first_message(string message) => Assert.False(new ScramConversation(isPlus: false, null, ServerNonce).TryBegin(message));

    [Theory]
    [InlineData("")]
    [InlineData("c=biws,r=abc")]
    [InlineData("c=biws,p=AAAA")]
    [InlineData("c=!!!,r=abc,p=AAAA")]
    [InlineData("c=biws,r=abc,p=")]
    [InlineData("r=abc,c=biws,p=AAAA")]
    public void What_is_no_final_message(string message)
    {
        var credentials = ScramCredentials.Derive("pencil", new byte[16], 4096)!;
        var server = new ScramConversation(isPlus: false, null, ServerNonce);
        server.TryBegin($"n,,n=user,r={ClientNonce}");
        server.Challenge(credentials);
        Assert.False(server.TryFinish(message, credentials, out _));
    }

    [Fact]
    public void A_name_may_have_what_divides_fields()
    {
        var server = new ScramConversation(isPlus: false, null, ServerNonce);
        Assert.True(server.TryBegin($"n,,n=a=2Cb=3Dc,r={ClientNonce}"));
        Assert.Equal("a,b=c", server.User);
    }

    /// <summary>Nothing that a stranger sends is more than no message.</summary>
    [Fact]
    public void Any_text_is_taken_or_is_none() =>
        Gen.String[Gen.Char["n,y=par=scbiw \0é"], 0, 60].Sample(text =>
        {
            var server = new ScramConversation(isPlus: false, Binding, ServerNonce);
            var credentials = ScramCredentials.Derive("pencil", new byte[16], 4096)!;
            if (server.TryBegin("n,,n=u,r=" + text))
                server.Challenge(credentials);
            server.TryFinish(text, credentials, out var answer);
            Assert.Null(answer);
        }, iter: 50, threads: 1);

    private static ScramClient Client(string password, bool isPlus) =>
        isPlus ? new ScramClient("u", password, "p=tls-server-end-point,,", Binding) : new ScramClient("u", password);

    private static string? Answer(ScramCredentials credentials, bool isPlus, ScramClient client, Func<string, string> change)
    {
        var server = new ScramConversation(isPlus, Binding, ServerNonce);
        Assert.True(server.TryBegin(client.First));
        Assert.False(server.IsRefused);
        Assert.True(server.TryFinish(change(client.Final(server.Challenge(credentials))), credentials, out var answer));
        return answer;
    }

    private static string WithOtherProof(string final, int place, int change)
    {
        var at = final.LastIndexOf(",p=", StringComparison.Ordinal) + 3;
        var proof = Convert.FromBase64String(final[at..]);
        proof[place] ^= (byte)change;
        return final[..at] + Convert.ToBase64String(proof);
    }
}
