using System.Globalization;
using MailMesh.AdminApi;
using static MailMesh.Cli.ServerSession;

namespace MailMesh.Cli;

public static class RouteVerbs
{
    private const string Routes = "/api/v1/routes";

    public static async Task<int> AddAsync(ServerSession session, NewRouteSettings settings, CancellationToken cancel)
    {
        var (host, port) = ParseNextHop(settings.NextHop);
        var password = settings.Password ?? (settings.Username is null && !settings.PasswordFromInput ? null : Secrets.Read(settings.PasswordFromInput, "Password", session.Terminal));
        if ((settings.Username is null) != (password is null))
            throw CommandException.Usage("A route has both --user and a password (--password-stdin), or neither.");
        var route = new NewRoute(settings.Name, host, port, settings.Username, password);
        var added = await session.Server.PostAsync(Routes, route, AdminJson.Default.NewRoute, AdminJson.Default.RouteView, cancel);
        return session.Output.Say(added, AdminJson.Default.RouteView, $"Mail for {added.Domain} is handed to {NextHop(added)}{(added.Username is { } user ? $" as {user}" : "")}.");
    }

    public static Task<int> ListAsync(ServerSession session, ServerSettings settings, CancellationToken cancel) =>
        session.Output.ListAsync(
            session.Server.ListAsync(Routes, AdminJson.Default.PageRouteView, cancel),
            AdminJson.Default.RouteView,
            "There is no route: mail goes to the MX hosts of each domain.",
            ["DOMAIN", "NEXT HOP", "USER", "CREATED"],
            route => [route.Domain, NextHop(route), route.Username ?? "", Output.Moment(route.CreatedAt)]);

    public static async Task<int> RemoveAsync(ServerSession session, NameSettings settings, CancellationToken cancel)
    {
        var removed = await session.Server.DeleteAsync($"{Routes}/{Segment(settings.Name)}", AdminJson.Default.RouteView, cancel);
        return session.Output.Say(removed, AdminJson.Default.RouteView, $"The route of {removed.Domain} to {NextHop(removed)} is removed.");
    }

    /// <summary>HOST:PORT, or [IPv6]:PORT.</summary>
    /// <exception cref="CommandException">It is neither.</exception>
    public static (string Host, int Port) ParseNextHop(string text)
    {
        var colon = text.LastIndexOf(':');
        var host = colon > 0 ? text[..colon] : "";
        var bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (bracketed)
            host = host[1..^1];
        if (host.Length == 0 || (!bracketed && host.Contains(':', StringComparison.Ordinal))
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
            throw CommandException.Usage($"'{text}' is no HOST:PORT, such as smtp.example.org:25 or [2001:db8::25]:25.");
        return (host, port);
    }

    private static string NextHop(RouteView route) => route.Host.Contains(':', StringComparison.Ordinal) ? $"[{route.Host}]:{route.Port}" : $"{route.Host}:{route.Port}";
}
