namespace MailMesh.Unit.Tests.Mime;

/// <summary>Octets as a network or a decompressor gives them: forward, and in small pieces of changing length.</summary>
internal sealed class ForwardOnlyStream(byte[] octets) : MemoryStream(octets)
{
    private int _reads;

    public override bool CanSeek => false;

    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1 + (_reads++ % 97)));

    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 1 + (_reads++ % 97))]);
}
