using System.Text;

namespace MailMesh.Testing;

/// <summary>Messages to feed through the system: real and malformed ones kept beside the checkout, and always some of our own.</summary>
public static class SampleMessages
{
    /// <summary>A plain message with lines ended by CRLF.</summary>
    /// <param name="id">Its Message-ID without brackets; the value of X-Ledger too.</param>
    /// <param name="octets">About its size.</param>
    /// <param name="from">Who wrote it; an account submits what is from itself alone.</param>
    public static byte[] Plain(string id, int octets = 600, string from = "Sender <sender@client.example>")
    {
        var text = new StringBuilder()
            .Append($"From: {from}\r\nTo: somebody@mesh.test\r\nSubject: Sample {id}\r\n")
            .Append($"Date: Tue, 24 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{id}>\r\nX-Ledger: {id}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n");
        for (var line = 0; text.Length < octets; line++)
            text.Append($"{line:D6} The quick brown fox jumps over the lazy dog, again and again.\r\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>Name and octets of every sample, with CRLF in the place of bare LF.</summary>
    public static IReadOnlyList<Sample> All()
    {
        var samples = new List<Sample>(Own());
        if (FindFolder() is { } folder)
        {
            samples.AddRange(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(file => new Sample(Path.GetRelativePath(folder, file), WithCrlf(File.ReadAllBytes(file)))));
        }
        return samples;
    }

    /// <summary>Multiparts in multiparts, each of one part, and a text inside.</summary>
    public static byte[] Nested(int depth)
    {
        var text = new StringBuilder("From: deep@client.example\r\nSubject: Deep\r\nMessage-ID: <deep@client.example>\r\nMIME-Version: 1.0\r\n");
        for (var level = 0; level < depth; level++)
            text.Append($"Content-Type: multipart/mixed; boundary=\"level{level}\"\r\n\r\n--level{level}\r\n");
        text.Append("Content-Type: text/plain\r\n\r\nThe bottom.\r\n");
        for (var level = depth - 1; level >= 0; level--)
            text.Append($"--level{level}--\r\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static IEnumerable<Sample> Own()
    {
        yield return new Sample("own/plain", Plain("plain@own.example"));
        yield return new Sample("own/large", Plain("large@own.example", 3_000_000));
        yield return new Sample("own/dots", Encoding.ASCII.GetBytes("Subject: Dots\r\n\r\n.\r\n..\r\n.a line\r\n...\r\nend\r\n"));
        yield return new Sample("own/empty-body", "Subject: Nothing follows\r\n\r\n"u8.ToArray());
        yield return new Sample("own/headers-only", "Subject: No empty line\r\n"u8.ToArray());
        yield return new Sample("own/no-header", "\r\nA body without a header.\r\n"u8.ToArray());
        yield return new Sample("own/not-a-header", "This is not a header field\r\nSubject: late\r\n\r\nbody\r\n"u8.ToArray());
        yield return new Sample("own/eight-bit", [.. "Subject: Octets\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n"u8, .. Enumerable.Range(128, 128).Select(i => (byte)i), .. "\r\n"u8]);
        yield return new Sample("own/japanese", Encoding.UTF8.GetBytes("Subject: =?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n日本語の本文です。\r\n"));
        yield return new Sample("own/broken-charset", "Subject: =?no-such-charset?Q?=FF=FE?=\r\nContent-Type: text/plain; charset=no-such-charset\r\n\r\nbody\r\n"u8.ToArray());
        yield return new Sample("own/attachments", Encoding.ASCII.GetBytes(
            "From: a@own.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\npreamble\r\n--b1\r\nContent-Type: multipart/alternative; boundary=\"b 2\"\r\n\r\n"
            + "--b 2\r\nContent-Type: text/plain\r\n\r\nplain\r\n--b 2\r\nContent-Type: text/html\r\n\r\n<p>html</p>\r\n--b 2--\r\n\r\n--b1\r\nContent-Type: message/rfc822\r\n\r\n"
            + "From: inner@own.example\r\nSubject: Inner\r\n\r\nInner body\r\n\r\n--b1\r\nContent-Type: application/octet-stream; name=\"a.bin\"\r\n"
            + "Content-Disposition: attachment; filename=\"a.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAwQFBgc=\r\n--b1--\r\nepilogue\r\n"));
    }

    private static string? FindFolder()
    {
        for (var folder = new DirectoryInfo(Repository.Root).Parent; folder is not null; folder = folder.Parent)
        {
            var samples = Path.Combine(folder.FullName, "shared", "data", "messages");
            if (Directory.Exists(samples))
                return samples;
        }
        return null;
    }

    private static byte[] WithCrlf(byte[] octets)
    {
        var text = new List<byte>(octets.Length + 256);
        for (var i = 0; i < octets.Length; i++)
        {
            if (octets[i] == '\n' && (i == 0 || octets[i - 1] != '\r'))
                text.Add((byte)'\r');
            text.Add(octets[i]);
        }
        // A message ends with the end of a line: CRLF.CRLF after it cannot show whether its last line had one.
        if (text.Count < 2 || text[^2] != '\r' || text[^1] != '\n')
            text.AddRange("\r\n"u8);
        return [.. text];
    }
}

/// <summary>A message and where it comes from.</summary>
public sealed record Sample(string Name, byte[] Octets)
{
    /// <summary>RFC 5321 §2.3.8: NUL, CR or LF alone are no mail data; §4.5.3.1.6: neither is a line of more than 1000 octets.</summary>
    public bool MustBeRefused
    {
        get
        {
            var line = 0;
            for (var i = 0; i < Octets.Length; i++)
            {
                line++;
                var bareCr = Octets[i] == '\r' && (i + 1 == Octets.Length || Octets[i + 1] != '\n');
                if (Octets[i] == 0 || bareCr || line > 1000)
                    return true;
                if (Octets[i] == '\n')
                    line = 0;
            }
            return false;
        }
    }

    public override string ToString() => Name;
}
