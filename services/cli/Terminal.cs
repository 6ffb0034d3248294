using System.Text;
using Spectre.Console;

namespace MailMesh.Cli;

/// <summary>Where a command reads and writes, and the environment that it sees.</summary>
public sealed class Terminal(TextReader input, TextWriter output, TextWriter error, Func<string, string?> environment, bool interactive)
{
    /// <summary>Width of tables that go into a file or a pipe, where nothing wraps.</summary>
    private const int UnboundedWidth = 4096;

    public TextReader In { get; } = input;

    public TextWriter Out { get; } = output;

    public TextWriter Error { get; } = error;

    public Func<string, string?> Environment { get; } = environment;

    /// <summary>A person can be asked.</summary>
    public bool Interactive { get; } = interactive;

    /// <summary>Standard output with colours where it takes them.</summary>
    public IAnsiConsole Console { get; } = CreateConsole(output, interactive);

    public static Terminal OfThisProcess()
    {
        System.Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var interactive = !System.Console.IsInputRedirected && !System.Console.IsOutputRedirected;
        return new Terminal(System.Console.In, System.Console.Out, System.Console.Error, System.Environment.GetEnvironmentVariable, interactive);
    }

    private static IAnsiConsole CreateConsole(TextWriter output, bool interactive)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = interactive ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = interactive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        if (!interactive)
            console.Profile.Width = UnboundedWidth;
        return console;
    }
}
