using System.Text;
using MailMesh.Blobs;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Message;

/// <summary>
/// A message's body on its way into the blob store. A store that fails is remembered, not thrown: the client sends to the end of
/// its message whatever we do, and gets one reply then.
/// </summary>
internal sealed class IncomingBody : IAsyncDisposable
{
    private readonly SmtpServer _server;
    private readonly IDisposable _place;
    private readonly Func<SubmissionHeader, Task<HeaderOutcome>>? _review;
    private BlobWriter? _writer;
    private SubmissionHeader? _header;
    private bool _abandoned;

    /// <param name="place">Given back when the store holds nothing of the body any longer, or has made it durable.</param>
    /// <param name="review">Looks at the header before any of it is stored; null to take it as it comes.</param>
    public IncomingBody(SmtpServer server, IDisposable place, Func<SubmissionHeader, Task<HeaderOutcome>>? review)
    {
        _server = server;
        _place = place;
        _review = review;
        _header = review is null ? null : new SubmissionHeader();
        try
        {
            _writer = server.Blobs.Create();
        }
        catch (Exception failure)
        {
            Failure = failure;
        }
    }

    /// <summary>Why the store did not take the body.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Why the header is refused: nothing of the message is kept.</summary>
    public Reply? Refusal { get; private set; }

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
            await ReleaseAsync(header);
        if (_writer is null)
            return null;
        Length = _writer.Length;
        string? reference = null;
        await TryAsync(async writer => reference = await writer.CompleteAsync());
        return Failure is null ? reference : null;
    }

    /// <summary>Nothing of the message is wanted any more, or its body is complete.</summary>
    public async ValueTask DisposeAsync()
    {
        _header = null;
        if (Interlocked.Exchange(ref _writer, null) is { } writer)
            await writer.DisposeAsync();
        if (!_abandoned)
            _place.Dispose();
    }

    private async Task HoldAsync(SubmissionHeader header, ReadOnlyMemory<byte> octets)
    {
        header.Add(octets.Span);
        if (header.IsComplete)
            await ReleaseAsync(header);
    }

    private async Task ReleaseAsync(SubmissionHeader header)
    {
        _header = null;
        HeaderOutcome outcome;
        try
        {
            outcome = await _review!(header);
        }
        catch (Exception failure)
        {
            await FailAsync(failure);
            return;
        }
        Refusal = outcome.Refusal;
        if (Refusal is not null)
            await DisposeAsync();
        foreach (var part in outcome.Parts)
            await StoreAsync(part);
    }

    private async Task StoreAsync(ReadOnlyMemory<byte> octets)
    {
        if (_writer is null || octets.IsEmpty)
            return;
        await TryAsync(async writer => await writer.WriteAsync(octets));
    }

    private async Task TryAsync(Func<BlobWriter, Task> store)
    {
        var writer = _writer!;
        var storing = store(writer);
        try
        {
            await _server.InTimeAsync(storing);
        }
        catch (TimeoutException slow) when (!storing.IsCompleted)
        {
            // The store still reads what the writer holds: it goes when the store has done or has failed.
            _writer = null;
            _abandoned = true;
            Failure = slow;
            _ = AbandonAsync(storing, writer);
        }
        catch (Exception failure)
        {
            await FailAsync(failure);
        }
    }

    private async Task AbandonAsync(Task storing, BlobWriter writer)
    {
        try
        {
            await storing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await writer.DisposeAsync();
        }
        catch (Exception failure)
        {
            SessionLog.NotDisposed(_server.Log, failure);
        }
        finally
        {
            _place.Dispose();
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
