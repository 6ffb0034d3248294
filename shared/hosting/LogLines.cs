using System.Text;

namespace MailMesh.Hosting;

/// <summary>Standard output as a log writes to it: each line in one piece and at once.</summary>
/// <remarks>The console's own writer holds 256 characters, fewer than the line of an accepted message has: each cost two writes, and whoever reads the log woke for half a line.</remarks>
internal static class LogLines
{
    /// <summary>Lines of usual length whole; a stack goes out in a few pieces.</summary>
    private const int BufferSize = 4096;

    public static TextWriter Over(Stream output, Encoding encoding) => new StreamWriter(output, encoding, BufferSize, leaveOpen: true) { AutoFlush = true };
}
