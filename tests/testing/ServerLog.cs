using System.Diagnostics;

namespace MailMesh.Testing;

/// <summary>The last lines that a process printed, bounded.</summary>
public sealed class ServerLog
{
    private const int MostLines = 4000;

    private readonly Queue<string> _lines = new();

    /// <summary>Keeps the lines of both streams.</summary>
    /// <param name="process">Started with both streams redirected.</param>
    /// <param name="line">Called with each line of standard output.</param>
    public void Follow(Process process, Action<string> line)
    {
        process.OutputDataReceived += (_, e) => Add(e.Data, line);
        process.ErrorDataReceived += (_, e) => Add(e.Data, null);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public override string ToString()
    {
        lock (_lines)
            return string.Join('\n', _lines);
    }

    private void Add(string? text, Action<string>? line)
    {
        if (text is null)
            return;
        lock (_lines)
        {
            _lines.Enqueue(text);
            if (_lines.Count > MostLines)
                _lines.Dequeue();
        }
        line?.Invoke(text);
    }
}
