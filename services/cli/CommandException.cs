using MailMesh.AdminApi;

namespace MailMesh.Cli;

/// <summary>Ends a command with an exit code and a text for standard error.</summary>
public sealed class CommandException(int exitCode, Problem problem, Exception? inner = null) : Exception(problem.Detail, inner)
{
    public int ExitCode { get; } = exitCode;

    public Problem Problem { get; } = problem;

    public static CommandException Usage(string text) => new(Cli.ExitCode.Usage, new Problem("urn:mailmesh:problem:usage", "Wrong command line", 0, text));

    public static CommandException Unreachable(string text, Exception? inner = null) =>
        new(Cli.ExitCode.Unreachable, new Problem("urn:mailmesh:problem:unreachable", "No server answers", 0, text), inner);
}
