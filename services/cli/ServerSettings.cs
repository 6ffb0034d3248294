using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

/// <summary>Options that every verb takes, in any position.</summary>
public class ServerSettings : CommandSettings
{
    [CommandOption("--data <DIR>")]
    [Description("Data folder of a server on this machine: its address and token are read there")]
    public string? Data { get; init; }

    [CommandOption("--url <URL>")]
    [Description("Address of the server, such as http://127.0.0.1:8080; MAILMESH_URL by default")]
    public string? Url { get; init; }

    [CommandOption("--token <TOKEN>")]
    [Description("Admin token; MAILMESH_TOKEN by default")]
    public string? Token { get; init; }

    [CommandOption("--json")]
    [Description("Machine-readable output")]
    public bool Json { get; init; }
}
