namespace MailMesh.Hosting;

/// <summary>What sets one server program apart from the others.</summary>
/// <param name="Name">As in traces, logs and the command line.</param>
/// <param name="HttpPort">Default port of health and metrics, so that one copy of each service fits on one machine.</param>
/// <param name="Summary">What it is, in a line of its help.</param>
/// <param name="Ports">Its default ports, for its help.</param>
public sealed record ServerProgram(string Name, int HttpPort, string Summary, string Ports)
{
    /// <summary>The port of the admin API, of standalone too.</summary>
    public const int AdminPort = 8080;

    /// <summary>True for the program that runs every service, and so needs no engine outside itself.</summary>
    public bool IsStandalone { get; init; }
}
