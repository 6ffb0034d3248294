using System.Text;
using MailMesh.Blobs;

namespace MailMesh.Ingress.Message;

/// <summary>
/// A message's body on its way into the blob store. A store that fails is remembered, not thrown: the client sends to the end of
/// its message whatever we do, and gets one reply then.
/// </summary>
internal sealed class IncomingBody : IAsyncDisposable
{
    private readonly Func<SubmissionHeader, bool, string>? _missingFields;
    private BlobWriter? _writer;
    private SubmissionHeader? _header;

    /// <param name="missingFields">For submission: what to put before the message, given its header and whether it has ended.</param>
    public IncomingBody(IBlobStore blobs, Func<SubmissionHeader, bool, string>? missingFields)
    {
        _missingFields = missingFields;
        _header = missingFields is null ? null : new SubmissionHeader();
        try
        {
            _writer = blobs.Create();
        }
        catch (Exception failure)
        {
            Failure = failure;
        }
    }

    /// <summary>Why the store did not take the body.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Octets of the body as stored.</summary>
    public long Length { get; private set; }

    /// <summary>A trace field, before the message's own octets.</summary>
    public Task WriteFieldAsync(string field) => StoreAsync(Encoding.UTF8.GetBytes(field));

    /// <summary>The message's next octets.</summary>
    public Task WriteAsync(ReadOnlyMemory<byte> octets)
    {
        if (_writer is null)
            return Task.CompletedTask;
        return _header is null ? StoreAsync(octets) : HoldAsync(_header, octets);
    }

    /// <summary>Makes the body durable; gives its reference, or null with <see cref="Failure"/> set.</summary>
    public async Task<string?> CompleteAsync()
    {
        if (_header is { } header)
            await ReleaseAsync(header, atEnd: true);
        if (_writer is null)
            return null;
        try
        {
            Length = _writer.Length;
            return await _writer.CompleteAsync();
        }
        catch (Exception failure)
        {
            await FailAsync(failure);
            return null;
        }
    }

    /// <summary>Nothing of the message is wanted any more, or its body is complete.</summary>
    public async ValueTask DisposeAsync()
    {
        _header = null;
        if (Interlocked.Exchange(ref _writer, null) is { } writer)
            await writer.DisposeAsync();
    }

    private async Task HoldAsync(SubmissionHeader header, ReadOnlyMemory<byte> octets)
    {
        header.Add(octets.Span);
        if (header.IsComplete)
            await ReleaseAsync(header, atEnd: false);
    }

    private async Task ReleaseAsync(SubmissionHeader header, bool atEnd)
    {
        _header = null;
        await WriteFieldAsync(_missingFields!(header, atEnd));
        await StoreAsync(header.Held);
    }

    private async Task StoreAsync(ReadOnlyMemory<byte> octets)
    {
        if (_writer is null || octets.IsEmpty)
            return;
        try
        {
            await _writer.WriteAsync(octets);
        }
        catch (Exception failure)
        {
            await FailAsync(failure);
        }
    }

    private async Task FailAsync(Exception failure)
    {
        Failure = failure;
        try
        {
            await DisposeAsync();
        }
        catch (Exception second)
        {
            Failure = new AggregateException(failure, second);
        }
    }
}
