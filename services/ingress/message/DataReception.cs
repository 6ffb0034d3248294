using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Message;

/// <summary>The content of DATA, from the 354 to the final dot.</summary>
internal sealed class DataReception(SmtpSession session, MessageReception message)
{
    private readonly IngressOptions _options = session.Server.Options;
    private readonly DataPace _pace = new(session);
    private readonly DataScanner _scanner = new(session.Server.Options.MaxTextLineBytes, session.Server.Options.MaxMessageBytes);

    /// <summary>Longer than anybody waits to see a refusal.</summary>
    private bool IsEndless => _scanner.Scanned - _options.MaxMessageBytes > _options.MaxDiscardBytes;

    /// <summary>The one reply to the message.</summary>
    public async Task<Reply> RunAsync()
    {
        if (!await ReadAsync())
            return IsEndless ? message.Refuse(_scanner.Violation) with { Closes = true } : Reply.None with { Closes = true };
        return _scanner.Violation == DataViolation.None
            ? await message.CompleteAsync(_scanner.MessageOctets)
            : message.Refuse(_scanner.Violation);
    }

    /// <summary>Reads to the message's end; false when it never came.</summary>
    private async Task<bool> ReadAsync()
    {
        while (!_scanner.Ended)
        {
            var result = await _pace.ReadAsync();
            var taken = 0L;
            foreach (var segment in result.Buffer)
                taken += await TakeAsync(segment);
            session.Connection.AdvanceTo(result.Buffer.GetPosition(taken));
            if (!_scanner.Ended && (result.IsCompleted || IsEndless))
                return false;
        }
        return true;
    }

    private async ValueTask<int> TakeAsync(ReadOnlyMemory<byte> segment)
    {
        var taken = 0;
        while (taken < segment.Length && !_scanner.Ended)
        {
            var octets = segment[taken..];
            taken += _scanner.Scan(octets.Span, out var start, out var length);
            if (length > 0)
                await message.WriteAsync(octets.Slice(start, length));
        }
        if (_scanner.Violation != DataViolation.None)
            await message.DropAsync();
        return taken;
    }
}
