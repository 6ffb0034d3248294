namespace MailMesh.Testing;

/// <summary>How a test server differs from the plain one.</summary>
public sealed record ServerOptions
{
    /// <summary>The folder of its data; a new one where null.</summary>
    public string? Data { get; init; }

    /// <summary>Its name in greetings and Received fields.</summary>
    public string Hostname { get; init; } = "mx.mesh.test";

    /// <summary>Settings as MAILMESH__… variables, over those of the harness.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Domains and accounts (password <see cref="MailServer.Password"/>) that it starts with.</summary>
    public IReadOnlyList<string> Accounts { get; init; } = [];
}
