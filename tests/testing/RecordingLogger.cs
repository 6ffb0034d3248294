using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MailMesh.Testing;

/// <summary>A log that a test reads.</summary>
public sealed class RecordingLogger<T> : ILogger<T>
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    public IReadOnlyList<LogLine> Lines => [.. _lines];

    public IEnumerable<string> Warnings => Lines.Where(line => line.Level >= LogLevel.Warning).Select(line => line.Text);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(new LogLine(eventId.Id, logLevel, formatter(state, exception)));
}

public sealed record LogLine(int Id, LogLevel Level, string Text);
