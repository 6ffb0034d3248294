namespace MailMesh.Cli;

/// <summary>What a script learns from a command.</summary>
public static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The server refused, or what was asked for is not there; for doctor, a check failed.</summary>
    public const int Refused = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>No server answers, or it takes no token of ours.</summary>
    public const int Unreachable = 3;
}
