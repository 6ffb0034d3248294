using System.Text;
using MailMesh.Hosting;

namespace MailMesh.Unit.Tests.Hosting;

public sealed class LogLinesTests
{
    [Fact]
    public void Each_line_is_one_write()
    {
        var output = new Writes();
        var writer = LogLines.Over(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        string[] lines = ["MailMesh is ready\n", new string('x', 1_000) + "\n", "é\n"];
        foreach (var line in lines)
            writer.Write(line);
        Assert.Equal(lines, output.All);
    }

    private sealed class Writes : MemoryStream
    {
        public List<string> All { get; } = [];

        public override void Write(ReadOnlySpan<byte> buffer) => All.Add(Encoding.UTF8.GetString(buffer));

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }
}
