using System.Buffers;
using MailMesh.Wire;

namespace MailMesh.Access.Imap;

/// <summary>
/// Gathers a command and its literals, bounded, asking for each synchronizing literal. A command of one line is
/// not copied. The messages of APPEND are left to <see cref="CopyLiteralAsync"/>, which never holds one.
/// </summary>
internal sealed class CommandReader(WireConnection connection, ImapWriter writer, ImapOptions options)
{
    private byte[] _gathered = [];
    private int _length;
    private long _literals;
    private int _literalCount;

    /// <param name="timeout">How long the client may be silent.</param>
    /// <exception cref="ClientTimeoutException">It was silent for longer.</exception>
    public ValueTask<CommandInput> ReadAsync(TimeSpan timeout, CancellationToken stopping) => ReadAsync(null, timeout, stopping);

    /// <summary>Reads on behind a message's octets, to the command's end or the next message's octets.</summary>
    /// <param name="arguments">What the command's line before said.</param>
    public ValueTask<CommandInput> ReadRestAsync(MessageArguments arguments) => ReadAsync(arguments, options.TransferTimeout, default);

    private async ValueTask<CommandInput> ReadAsync(MessageArguments? before, TimeSpan timeout, CancellationToken stopping)
    {
        Release();
        while (true)
        {
            var line = await connection.ReadLineAsync(ImapOptions.MaxLineOctets, timeout, cancellationToken: stopping);
            if (line.Status == LineStatus.End)
                return new CommandInput(CommandInputKind.End, default);
            if (line.Status == LineStatus.TooLong)
                return new CommandInput(CommandInputKind.LineTooLong, _length > 0 ? Gathered : TagOf(line.Octets.First));
            if (line.Status == LineStatus.Endless)
                return new CommandInput(CommandInputKind.LineEndless, Gathered);
            if (_length == 0 && line.Octets.IsSingleSegment && !LiteralMarker.TryReadAtEnd(line.Octets.FirstSpan, out _))
                return new CommandInput(CommandInputKind.Complete, line.Octets.First);
            if (_length - _literals + line.Octets.Length > ImapOptions.MaxLineOctets)
                return new CommandInput(CommandInputKind.LineTooLong, Gathered);
            Append(line.Octets);
            if (!LiteralMarker.TryReadAtEnd(Gathered.Span, out var marker))
                return new CommandInput(CommandInputKind.Complete, Gathered);
            Append("\r\n"u8);
            if (await TakeLiteralAsync(before, marker) is { } refused)
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

    /// <summary>Reads away what is on its way after BYE: closed at once, the network would take the reply from a client that is still sending.</summary>
    public async ValueTask LingerAsync(long octets)
    {
        octets = Math.Min(octets, ImapOptions.MaxDiscardedOctets);
        try
        {
            while (octets > 0)
            {
                var result = await connection.ReadAsync(ImapOptions.LingerTime);
                octets -= result.Buffer.Length;
                connection.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                    return;
            }
        }
        catch (ClientTimeoutException)
        {
            // It has read the reply, or sends nothing more.
        }
    }

    /// <summary>Gives back what a command of several pieces took.</summary>
    public void Release()
    {
        if (_gathered.Length > 0)
            ArrayPool<byte>.Shared.Return(_gathered, clearArray: true); // it may hold a password
        _gathered = [];
        _length = 0;
        _literals = 0;
        _literalCount = 0;
    }

    /// <summary>The tag that a dropped line begins with, unless it is cut too: the client waits for the reply that bears it.</summary>
    private static ReadOnlyMemory<byte> TagOf(ReadOnlyMemory<byte> start) => start[..Math.Max(0, start.Span.IndexOf((byte)' '))];

    private ReadOnlyMemory<byte> Gathered => _gathered.AsMemory(0, _length);

    private async ValueTask<CommandInput?> TakeLiteralAsync(MessageArguments? before, LiteralMarker marker)
    {
        if (before?.AreNext(Gathered.Span) ?? MessageArguments.AreAhead(Gathered.Span, writer.IsUtf8))
            return new CommandInput(CommandInputKind.MessageAhead, Gathered);
        if (marker.Octets > ImapOptions.MaxLiteralOctets - _literals || ++_literalCount > ImapOptions.MaxLiterals)
            return await RefuseAsync(before, marker);
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

    /// <summary>RFC 7888 §4: a client that waits for our word hears BAD; one that does not is cut off, since the octets would come all the same.</summary>
    private async ValueTask<CommandInput> RefuseAsync(MessageArguments? before, LiteralMarker marker)
    {
        if (!marker.NonSynchronizing)
            return new CommandInput(CommandInputKind.LiteralTooLarge, Gathered);
        if (marker.Octets > options.MaxAppendBytes || !(before is not null || MessageArguments.AreWanted(Gathered.Span)))
            return new CommandInput(CommandInputKind.LiteralComes, Gathered);
        // A message behind a mistake in its command, which tells it by what it is: nobody has to send mail by another connection.
        await DiscardCommandAsync(marker);
        return new CommandInput(CommandInputKind.Complete, Gathered);
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
