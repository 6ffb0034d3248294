using System.ComponentModel;
using Spectre.Console.Cli;

namespace MailMesh.Cli;

/// <summary>A verb that an operator runs with the admin token, or a user with a password.</summary>
public class UserSettings : ServerSettings
{
    [CommandOption("--user <ADDRESS>")]
    [Description("As this account, with its password, in place of the admin token")]
    public string? User { get; init; }

    [CommandOption("--password-stdin")]
    [Description("Read the password of --user from the first line of standard input")]
    public bool PasswordFromInput { get; init; }

    /// <summary>Where the API has what these settings may see.</summary>
    public string Path(string of) => User is null ? $"/api/v1/{of}" : $"/api/v1/me/{of}";

    /// <summary>From here on the server sees a user, where one is named.</summary>
    /// <exception cref="CommandException">There is no password.</exception>
    public void LogIn(ServerSession session)
    {
        if (User is { } user)
            session.Server.ActAs(user, Secrets.Read(PasswordFromInput, $"Password of {user}", session.Terminal)
                ?? throw CommandException.Usage("Say --password-stdin and give the password on standard input."));
    }
}
