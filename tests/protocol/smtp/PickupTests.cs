using MailMesh.Ingress.Pickup;
using MailMesh.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>A file that is dropped into the pickup folder is sent, once.</summary>
public sealed class PickupTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private readonly string _folder = Scratch.NewFolder("pickup");

    [Fact]
    public async Task The_envelope_is_that_of_its_X_lines_which_are_not_sent_on()
    {
        Drop("a.eml", "X-Sender: <alice@ours.example>\r\nX-Receiver: <one@elsewhere.example>\r\nX-Receiver: two@elsewhere.example\r\nFrom: Alice <alice@ours.example>\r\nTo: all@ours.example\r\n\r\nhello\r\n");
        await TakeAsync();
        var message = TheMessage();
        Assert.Equal(("alice@ours.example", "pickup", true), (message.Envelope.ReversePath, message.Connection.Listener, message.Connection.IsRelayClient));
        Assert.Equal(["one@elsewhere.example", "two@elsewhere.example"], message.Envelope.ForwardPaths);
        Assert.Matches(@"^Received: by mx\.ours\.example .* id [0-9a-f]{32};\r\n\t.*\r\nMessage-ID: .*\r\nDate: .*\r\nFrom: Alice <alice@ours\.example>\r\nTo: all@ours\.example\r\n\r\nhello\r\n$", StoredText(message));
        Assert.Equal(message.SizeBytes, Blobs[message.Body].Length);
        Assert.Equal("a.eml", (await Directory.Tracking.ReadAsync(message.MessageId)).Single().Detail["file"]);
        Assert.Empty(Files());
    }

    [Fact]
    public async Task Without_them_its_own_fields_are_and_Bcc_is_not_sent_on()
    {
        Drop("b.eml", "From: sales@ours.example\nTo: One <one@elsewhere.example>, bob@ours.example\nBcc: two@elsewhere.example,\n\tone@elsewhere.example\nDate: 1\nMessage-ID: <1@x>\n\nlast line");
        await TakeAsync();
        var message = TheMessage();
        Assert.Equal("sales@ours.example", message.Envelope.ReversePath);
        Assert.Equal(["one@elsewhere.example", "bob@ours.example", "two@elsewhere.example"], message.Envelope.ForwardPaths);
        Assert.EndsWith("From: sales@ours.example\r\nTo: One <one@elsewhere.example>, bob@ours.example\r\nDate: 1\r\nMessage-ID: <1@x>\r\n\r\nlast line\r\n", StoredText(message), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("From: a@elsewhere.example\r\nTo: b@ours.example\r\n\r\nx", "no domain of ours")]
    [InlineData("From: alice@ours.example\r\nSubject: to nobody\r\n\r\nx", "no recipient")]
    [InlineData("To: bob@ours.example\r\n\r\nx", "no sender")]
    [InlineData("From: alice@ours.example\r\nTo: not an address\r\n\r\nx", "To holds no address")]
    [InlineData("From: alice@ours.example\r\nTo: bob@ours.example\r\n\r\n\0", "NUL")]
    public async Task What_can_never_be_sent_is_in_badmail_with_its_reason(string text, string reason)
    {
        Drop("c.eml", text);
        await TakeAsync();
        Assert.Empty(Intake.Messages);
        Assert.Equal(["badmail/c.eml", "badmail/c.eml.txt"], Files());
        Assert.Equal(text, await File.ReadAllTextAsync(Path.Combine(_folder, "badmail", "c.eml")));
        Assert.Contains(reason, await File.ReadAllTextAsync(Path.Combine(_folder, "badmail", "c.eml.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_sender_may_be_allowed()
    {
        Drop("d.eml", "From: a@elsewhere.example\r\nTo: b@ours.example\r\n\r\nx");
        var folder = Pickup(new PickupOptions { Folder = _folder, AnySender = true });
        await folder.ScanAsync();
        await folder.ScanAsync();
        Assert.Equal("a@elsewhere.example", TheMessage().Envelope.ReversePath);
    }

    [Fact]
    public async Task A_file_is_left_alone_until_it_stands_still_and_so_is_what_is_no_eml()
    {
        var folder = Pickup(new PickupOptions { Folder = _folder });
        Drop("e.eml", "From: alice@ours.example\r\n");
        Drop("e.tmp", "From: alice@ours.example\r\nTo: bob@ours.example\r\n\r\nx");
        await folder.ScanAsync();
        await File.AppendAllTextAsync(Path.Combine(_folder, "e.eml"), "To: bob@ours.example\r\n\r\nx");
        await folder.ScanAsync();
        Assert.Empty(Intake.Messages);
        await folder.ScanAsync();
        Assert.Equal(["bob@ours.example"], TheMessage().Envelope.ForwardPaths);
        Assert.Equal(["e.tmp"], Files());
    }

    [Fact]
    public async Task What_could_not_be_kept_is_taken_again_after_a_restart_as_the_same_message()
    {
        Drop("f.eml", "From: alice@ours.example\r\nTo: bob@ours.example\r\n\r\nx");
        var ids = new List<string>();
        Intake.Accepted = message =>
        {
            ids.Add(message.MessageId);
            if (ids.Count == 1)
                throw new IOException("killed between the blob and the intake");
        };
        await TakeAsync();
        Assert.Equal(["working/f.eml"], Files());
        await Pickup(new PickupOptions { Folder = _folder }).ScanAsync(); // the next life
        Assert.Equal(2, ids.Count);
        Assert.Equal(ids[0], ids[1]);
        Assert.Equal(ids[0], TheMessage().MessageId);
        Assert.Empty(Files());
    }

    private PickupFolder Pickup(PickupOptions options) => new(Server, options, NullLogger<PickupFolder>.Instance);

    private async Task TakeAsync()
    {
        var folder = Pickup(new PickupOptions { Folder = _folder });
        await folder.ScanAsync(); // sees it
        await folder.ScanAsync(); // takes it
    }

    private void Drop(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private IEnumerable<string> Files() =>
        System.IO.Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_folder, path)).Order(StringComparer.Ordinal);
}
