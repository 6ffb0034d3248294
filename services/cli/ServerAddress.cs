namespace MailMesh.Cli;

/// <summary>Which server a command speaks to, with which token, and where we know both from.</summary>
/// <param name="Source">For a reader: where address and token come from.</param>
/// <param name="Folder">The data folder, where one was used.</param>
public sealed record ServerAddress(Uri Url, string Token, string Source, string? Folder)
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    /// <summary>The command line rules over the environment, and that over the folder ./data.</summary>
    /// <exception cref="CommandException">There is no token, or the address is none.</exception>
    public static ServerAddress Find(ServerSettings settings, Func<string, string?> environment)
    {
        var environmentUrl = Blank(environment("MAILMESH_URL"));
        // A user's password takes the token's place.
        var environmentToken = settings is UserSettings { User: not null } ? "-" : Blank(environment("MAILMESH_TOKEN"));
        if (settings.Data is { } folder)
            return OfFolder(folder, settings.Url, settings.Token, environmentToken);
        if ((settings.Url ?? environmentUrl) is { } url)
            return new ServerAddress(Parse(url), settings.Token ?? environmentToken ?? throw NoToken(url), settings.Url is null ? "MAILMESH_URL" : "--url", null);
        // A server in this environment keeps its data here; a token of its own is never sent to another address.
        return OfFolder(Blank(environment("MAILMESH__DATA")) ?? "data", null, settings.Token ?? environmentToken, null);
    }

    /// <param name="otherwise">The token where the folder has none: a server that was given one keeps none there.</param>
    private static ServerAddress OfFolder(string folder, string? url, string? token, string? otherwise)
    {
        folder = Path.GetFullPath(folder);
        var address = url ?? ReadFile(Path.Combine(folder, "admin-url")) ?? DefaultUrl;
        var tokenFile = Path.Combine(folder, "admin-token");
        token ??= ReadFile(tokenFile) ?? otherwise ?? throw CommandException.Unreachable(
            $"{tokenFile} is not there. Is {folder} the data folder of a server that has been started? Say --data DIR, or set MAILMESH_URL and MAILMESH_TOKEN.");
        return new ServerAddress(Parse(address), token, folder, folder);
    }

    private static string? ReadFile(string path)
    {
        try
        {
            return Blank(File.ReadAllText(path));
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CommandException.Unreachable($"{path} cannot be read ({failure.Message}). Run this as the user that the server runs as.", failure);
        }
    }

    private static Uri Parse(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw CommandException.Usage($"'{url}' is no address of a server; it looks like {DefaultUrl}.");

    private static CommandException NoToken(string url) =>
        CommandException.Unreachable($"There is no token for {url}: set MAILMESH_TOKEN, or say --token TOKEN.");

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
