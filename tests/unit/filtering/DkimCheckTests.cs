using System.Text;
using MailMesh.Blobs;
using MailMesh.Filtering;
using MailMesh.Testing;
using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace MailMesh.Unit.Tests.Filtering;

public sealed class DkimCheckTests : IAsyncLifetime
{
    private static readonly AsymmetricCipherKeyPair Rsa = NewRsa(2048);
    private static readonly AsymmetricCipherKeyPair Ed25519 = NewEd25519();

    private readonly PackBlobStore _blobs = PackBlobStore.OnFiles(Scratch.NewFolder("dkim"));
    private readonly FixedDnsResolver _dns = new FixedDnsResolver()
        .Add("rsa._domainkey.example.net", "TXT", $"v=DKIM1; k=rsa; p={PublicKey(Rsa)}")
        .Add("ed._domainkey.example.net", "TXT", $"v=DKIM1; k=ed25519; p={Convert.ToBase64String(((Ed25519PublicKeyParameters)Ed25519.Public).GetEncoded())}");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _blobs.DisposeAsync();

    [Theory]
    [InlineData(DkimCanonicalizationAlgorithm.Simple, DkimCanonicalizationAlgorithm.Simple)]
    [InlineData(DkimCanonicalizationAlgorithm.Relaxed, DkimCanonicalizationAlgorithm.Simple)]
    [InlineData(DkimCanonicalizationAlgorithm.Simple, DkimCanonicalizationAlgorithm.Relaxed)]
    [InlineData(DkimCanonicalizationAlgorithm.Relaxed, DkimCanonicalizationAlgorithm.Relaxed)]
    public async Task A_signature_passes(DkimCanonicalizationAlgorithm header, DkimCanonicalizationAlgorithm body)
    {
        foreach (var message in (MimeMessage[])[Plain("text  \r\n\r\n more\t text\r\n\r\n\r\n"), Mixed()])
        {
            var finding = await CheckAsync(Signed(message, "rsa", DkimSignatureAlgorithm.RsaSha256, Rsa, header, body));
            Assert.Equal("pass", finding?.Result);
            Assert.StartsWith("dkim=pass header.d=example.net", Assert.Single(finding!.AuthenticationResults));
            Assert.Contains("header.s=rsa header.a=rsa-sha256 header.b=", finding.AuthenticationResults[0]);
        }
    }

    [Fact]
    public async Task An_ed25519_signature_passes() =>
        Assert.Equal("pass", (await CheckAsync(Signed(Plain("text\r\n"), "ed", DkimSignatureAlgorithm.Ed25519Sha256, Ed25519)))?.Result);

    [Theory]
    [InlineData("Subject: hello", "Subject: hallo")]
    [InlineData("\r\n\r\ntext", "\r\n\r\ntexT")]
    [InlineData("\r\n\r\ntext", "\r\n\r\ntext\r\nmore")]
    public async Task A_changed_message_fails(string from, string to)
    {
        var signed = Encoding.UTF8.GetString(Signed(Plain("text\r\n"), "rsa", DkimSignatureAlgorithm.RsaSha256, Rsa));
        Assert.Contains(from, signed);
        var finding = await CheckAsync(Encoding.UTF8.GetBytes(signed.Replace(from, to)));
        Assert.Equal(("fail", 0.0), (finding?.Result, finding?.Score));
    }

    [Fact]
    public async Task A_large_message_passes_from_a_file()
    {
        var lines = string.Concat(Enumerable.Repeat("0123456789012345678901234567890123456789012345678901234567890123456789\r\n", 40_000));
        Assert.Equal("pass", (await CheckAsync(Signed(Plain(lines), "rsa", DkimSignatureAlgorithm.RsaSha256, Rsa)))?.Result);
    }

    [Fact]
    public async Task One_good_signature_of_several_is_enough_and_each_is_reported()
    {
        var twice = Signed(Plain("text\r\n"), "rsa", DkimSignatureAlgorithm.RsaSha256, Rsa);
        var forged = Encoding.UTF8.GetString(twice).Replace("b=", "b=AAAA").Split("DKIM-Signature:")[1].Split("\r\nFrom:")[0];
        var finding = await CheckAsync([.. Encoding.UTF8.GetBytes("DKIM-Signature:" + forged + "\r\n"), .. twice]);
        Assert.Equal("pass", finding?.Result);
        Assert.Equal(2, finding!.AuthenticationResults.Count);
    }

    [Theory]
    [InlineData("none._domainkey.example.net", "", "permerror")]
    [InlineData("none._domainkey.example.net", "v=DKIM1; p=", "permerror")]
    [InlineData("none._domainkey.example.net", "v=DKIM2; p=AAAA", "permerror")]
    [InlineData("none._domainkey.example.net", "v=DKIM1; s=tlsrpt; p=AAAA", "permerror")]
    [InlineData("none._domainkey.example.net", "v=DKIM1; h=sha1; p=AAAA", "permerror")]
    [InlineData("none._domainkey.example.net", "v=DKIM1; p=no base64 at all!", "permerror")]
    [InlineData("fail._domainkey.example.net", "", "temperror")]
    public async Task A_key_that_cannot_be_used(string name, string record, string expected)
    {
        if (record.Length > 0)
            _dns.Add(name, "TXT", record);
        _dns.Fail("fail._domainkey.example.net");
        var signed = Signed(Plain("text\r\n"), name.Split('.')[0], DkimSignatureAlgorithm.RsaSha256, Rsa);
        Assert.Equal(expected, (await CheckAsync(signed))?.Result);
    }

    [Fact]
    public async Task A_short_key_is_not_accepted()
    {
        var weak = NewRsa(768);
        _dns.Add("weak._domainkey.example.net", "TXT", $"v=DKIM1; p={PublicKey(weak)}");
        Assert.Equal("policy", (await CheckAsync(Signed(Plain("text\r\n"), "weak", DkimSignatureAlgorithm.RsaSha256, weak)))?.Result);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("v=1; a=rsa-sha256; d=example.net; s=rsa; h=from; bh=AAAA; b=AAAA; x=1")]
    [InlineData("v=1; a=rot13; d=example.net; s=rsa; h=from; bh=AAAA; b=AAAA")]
    [InlineData("v=1; a=rsa-sha256; d=example.net; s=rsa; h=subject; bh=AAAA; b=AAAA")]
    [InlineData("v=1; a=rsa-sha256; c=simple/simple; d=example.net; s=rsa; h=from; l=-5; bh=AAAA; b=AAAA")]
    public async Task A_broken_signature_is_never_a_pass_nor_a_failure_of_the_check(string signature)
    {
        var finding = await CheckAsync(Encoding.UTF8.GetBytes($"DKIM-Signature: {signature}\r\nFrom: a@example.net\r\n\r\ntext\r\n"));
        Assert.NotEqual("pass", finding?.Result);
        Assert.Equal(0, finding!.Score);
    }

    [Fact]
    public async Task Without_a_signature_nothing_is_read()
    {
        Assert.Equal("none", (await CheckAsync(Encoding.UTF8.GetBytes("From: a@example.net\r\n\r\ntext\r\n")))?.Result);
        Assert.Empty(_dns.Questions);
    }

    [Fact]
    public async Task Ten_signatures_are_tried()
    {
        var many = string.Concat(Enumerable.Range(0, 30).Select(i => $"DKIM-Signature: v=1; a=rsa-sha256; d=d{i}.example; s=s; h=from; bh=AAAA; b=AAAA\r\n"));
        var finding = await CheckAsync(Encoding.UTF8.GetBytes(many + "From: a@example.net\r\n\r\ntext\r\n"));
        Assert.Equal(10, finding!.AuthenticationResults.Count);
        Assert.InRange(_dns.Questions.Count, 0, 10);
    }

    private async Task<Finding?> CheckAsync(byte[] octets)
    {
        var context = await (await Received.Message().StoredIn(_blobs, octets)).ContextIn(_blobs);
        return await new DkimCheck(_dns, TimeProvider.System).CheckAsync(context, default);
    }

    private static MimeMessage Plain(string text)
    {
        var octets = Encoding.UTF8.GetBytes($"From: a@example.net\r\nTo: b@example.com\r\nSubject: hello\r\nContent-Type: text/plain\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n\r\n{text}");
        return MimeMessage.Load(new MemoryStream(octets));
    }

    private static MimeMessage Mixed()
    {
        var message = Plain("");
        message.Body = new BodyBuilder { TextBody = "日本語\r\n", HtmlBody = "<p>x</p>", Attachments = { { "a.bin", new byte[5_000] } } }.ToMessageBody();
        return message;
    }

    private static byte[] Signed(
        MimeMessage message, string selector, DkimSignatureAlgorithm algorithm, AsymmetricCipherKeyPair key,
        DkimCanonicalizationAlgorithm header = DkimCanonicalizationAlgorithm.Relaxed, DkimCanonicalizationAlgorithm body = DkimCanonicalizationAlgorithm.Relaxed)
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        format.EnsureNewLine = true;
        message.Prepare(EncodingConstraint.SevenBit);
        new DkimSigner(key.Private, "example.net", selector, algorithm) { HeaderCanonicalizationAlgorithm = header, BodyCanonicalizationAlgorithm = body }
            .Sign(format, message, ["From", "Subject", "Content-Type"]);
        using var octets = new MemoryStream();
        message.WriteTo(format, octets);
        return octets.ToArray();
    }

    private static AsymmetricCipherKeyPair NewRsa(int bits)
    {
        var generator = new RsaKeyPairGenerator();
        generator.Init(new KeyGenerationParameters(new SecureRandom(), bits));
        return generator.GenerateKeyPair();
    }

    private static AsymmetricCipherKeyPair NewEd25519()
    {
        var generator = new Ed25519KeyPairGenerator();
        generator.Init(new Ed25519KeyGenerationParameters(new SecureRandom()));
        return generator.GenerateKeyPair();
    }

    private static string PublicKey(AsymmetricCipherKeyPair pair) =>
        Convert.ToBase64String(SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(pair.Public).GetDerEncoded());
}
