using Spectre.Console;

namespace MailMesh.Cli;

/// <summary>Takes a password so that neither the process list nor the shell's history sees it.</summary>
internal static class Secrets
{
    /// <returns>The secret, or null where none was asked for and nobody can be asked.</returns>
    /// <exception cref="CommandException">Standard input is empty.</exception>
    public static string? Read(bool fromInput, string prompt, Terminal terminal)
    {
        if (fromInput)
            return terminal.In.ReadLine() is { Length: > 0 } line ? line : throw CommandException.Usage("Standard input holds no password.");
        return terminal.Interactive ? terminal.Console.Prompt(new TextPrompt<string>($"{prompt}:").Secret(null)) : null;
    }
}
