using System.Buffers;
using MailMesh.Wire;

namespace MailMesh.Access.Imap;

/// <summary>
/// Gathers a command and its literals, bounded, asking for each synchronizing literal. A command of one line is
/// not copied. APPEND's message is left to <see cref="CopyLiteralAsync"/>, which never holds it.
/// </summary>
internal sealed class CommandReader(WireConnection connection, ImapWriter writer, ImapOptions options)
{
    private byte[] _gathered = [];
    private int _length;
    private long _literals;

    /// <param name="timeout">How long the client may be silent.</param>
    /// <exception cref="ClientTimeoutException">It was silent for longer.</exception>
    public async ValueTask<CommandInput> ReadAsync(TimeSpan timeout, CancellationToken stopping)
    {
        Release();
        while (true)
        {
            var line = await connection.ReadLineAsync(ImapOptions.MaxLineOctets, timeout, cancellationToken: stopping);
            if (line.Status == LineStatus.End)
                return new CommandInput(CommandInputKind.End, default);
            if (line.Status == LineStatus.TooLong)
                return new CommandInput(CommandInputKind.LineTooLong, Gathered);
            if (_length == 0 && line.Octets.IsSingleSegment && !LiteralMarker.TryReadAtEnd(line.Octets.FirstSpan, out _))
                return new CommandInput(CommandInputKind.Complete, line.Octets.First);
            if (_length - _literals + line.Octets.Length > ImapOptions.MaxLineOctets)
                return new CommandInput(CommandInputKind.LineTooLong, Gathered);
            Append(line.Octets);
            if (!LiteralMarker.TryReadAtEnd(Gathered.Span, out var marker))
                return new CommandInput(CommandInputKind.Complete, Gathered);
            Append("\r\n"u8);
            if (await TakeLiteralAsync(marker) is { } refused)
                return refused;
        }
    }

    /// <summary>Hands a literal's octets on as they arrive.</summary>
    /// <exception cref="EndOfStreamException">The client went before the end.</exception>
    public async ValueTask CopyLiteralAsync(long octets, Func<ReadOnlyMemory<byte>, ValueTask> sink)
    {
        while (octets > 0)
        {
            var result = await connection.ReadAsync(options.TransferTimeout);
            var buffer = result.Buffer.Slice(0, Math.Min(octets, result.Buffer.Length));
            if (buffer.IsEmpty && result.IsCompleted)
                throw new EndOfStreamException("The client went within a literal.");
            try
            {
                foreach (var segment in buffer)
                    await sink(segment);
            }
            finally
            {
                octets -= buffer.Length;
                connection.AdvanceTo(buffer.End);
            }
        }
    }

    /// <summary>Reads away a literal and the rest of its command.</summary>
    public async ValueTask DiscardCommandAsync(LiteralMarker marker)
    {
        LiteralMarker? next = marker;
        while (next is { NonSynchronizing: true } literal)
        {
            if (literal.Octets > ImapOptions.MaxDiscardedOctets)
                throw new EndOfStreamException("A literal is too large to be read away.");
            await CopyLiteralAsync(literal.Octets, _ => ValueTask.CompletedTask);
            next = await RestOfLineAsync();
        }
    }

    /// <summary>What follows a literal up to the line's end; true when that is nothing.</summary>
    public async ValueTask<bool> EndOfCommandAsync()
    {
        var line = await connection.ReadLineAsync(ImapOptions.MaxLineOctets, options.TransferTimeout);
        if (line.Status == LineStatus.End)
            throw new EndOfStreamException("The client went within a command.");
        if (line.Status == LineStatus.Complete && line.Octets.IsEmpty)
            return true;
        if (line.Status == LineStatus.Complete && LiteralMarker.TryReadAtEnd(line.Octets.ToArray(), out var marker))
            await DiscardCommandAsync(marker);
        return false;
    }

    /// <summary>Gives back what a command of several pieces took.</summary>
    public void Release()
    {
        if (_gathered.Length > 0)
            ArrayPool<byte>.Shared.Return(_gathered, clearArray: true); // it may hold a password
        _gathered = [];
        _length = 0;
        _literals = 0;
    }

    private ReadOnlyMemory<byte> Gathered => _gathered.AsMemory(0, _length);

    private async ValueTask<CommandInput?> TakeLiteralAsync(LiteralMarker marker)
    {
        if (AppendCommand.IsMessageAhead(Gathered.Span))
            return new CommandInput(CommandInputKind.MessageAhead, Gathered);
        if (marker.Octets > ImapOptions.MaxLiteralOctets - _literals)
            return await RefuseAsync(marker);
        if (!marker.NonSynchronizing)
        {
            writer.Write("+ Ready for the literal\r\n"u8);
            await writer.FlushAsync();
        }
        await CopyLiteralAsync(marker.Octets, piece =>
        {
            Append(piece.Span);
            return ValueTask.CompletedTask;
        });
        _literals += marker.Octets;
        return null;
    }

    private async ValueTask<CommandInput> RefuseAsync(LiteralMarker marker)
    {
        if (marker.NonSynchronizing && marker.Octets > ImapOptions.MaxDiscardedOctets)
            return new CommandInput(CommandInputKind.Absurd, Gathered);
        await DiscardCommandAsync(marker);
        return new CommandInput(CommandInputKind.LiteralTooLarge, Gathered);
    }

    private async ValueTask<LiteralMarker?> RestOfLineAsync()
    {
        var line = await connection.ReadLineAsync(ImapOptions.MaxLineOctets, options.TransferTimeout);
        return line.Status == LineStatus.Complete && LiteralMarker.TryReadAtEnd(line.Octets.ToArray(), out var marker) ? marker : null;
    }

    private void Append(in ReadOnlySequence<byte> octets)
    {
        foreach (var segment in octets)
            Append(segment.Span);
    }

    private void Append(ReadOnlySpan<byte> octets)
    {
        if (_length + octets.Length > _gathered.Length)
            Grow(_length + octets.Length);
        octets.CopyTo(_gathered.AsSpan(_length));
        _length += octets.Length;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(1024, _gathered.Length * 2)));
        Gathered.Span.CopyTo(larger);
        if (_gathered.Length > 0)
            ArrayPool<byte>.Shared.Return(_gathered, clearArray: true);
        _gathered = larger;
    }
}
