using System.IO.Pipelines;

namespace MailMesh.Wire;

/// <summary>A writer before a transport's: a reply is written in many small pieces, and a pipe takes a lock at each. What is written is the transport's at the next flush.</summary>
internal sealed class GatheredOutput(PipeWriter output) : PipeWriter
{
    private Memory<byte> _room;
    private int _used;

    public override bool CanGetUnflushedBytes => output.CanGetUnflushedBytes;

    public override long UnflushedBytes => output.UnflushedBytes + _used;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _room[_used..];
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _room.Span[_used..];
    }

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)(_room.Length - _used), nameof(bytes));
        _used += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Release();
        return output.FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => output.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        Release();
        output.Complete(exception);
    }

    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        Release();
        return output.CompleteAsync(exception);
    }

    /// <summary>Gives the transport what was written, and its memory back.</summary>
    private void Release()
    {
        if (_used > 0)
            output.Advance(_used);
        (_room, _used) = (default, 0);
    }

    private void Reserve(int sizeHint)
    {
        if (_room.Length - _used >= Math.Max(sizeHint, 1))
            return;
        Release();
        _room = output.GetMemory(sizeHint);
    }
}
