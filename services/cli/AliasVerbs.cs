using MailMesh.AdminApi;
using static MailMesh.Cli.ServerSession;

namespace MailMesh.Cli;

internal static class AliasVerbs
{
    private const string Aliases = "/api/v1/aliases";

    public static async Task<int> AddAsync(ServerSession session, AliasSettings settings, CancellationToken cancel)
    {
        var added = await session.Server.PostAsync(Aliases, new NewAlias(settings.Source, settings.Target), AdminJson.Default.NewAlias, AdminJson.Default.AliasView, cancel);
        return session.Output.Say(added, AdminJson.Default.AliasView, $"Mail for {added.Source} goes to {added.Target}.");
    }

    public static Task<int> ListAsync(ServerSession session, AliasFilter settings, CancellationToken cancel) =>
        session.Output.ListAsync(
            session.Server.ListAsync(Aliases + (settings.Domain is { } domain ? $"?domain={Segment(domain)}" : ""), AdminJson.Default.PageAliasView, cancel),
            AdminJson.Default.AliasView,
            "There is no alias.",
            ["FROM", "TO", "CREATED"],
            alias => [alias.Source, alias.Target, Output.Moment(alias.CreatedAt)]);

    public static async Task<int> RemoveAsync(ServerSession session, AliasRemoval settings, CancellationToken cancel)
    {
        var path = $"{Aliases}/{Segment(settings.Source)}{(settings.Target is { } target ? $"?target={Segment(target)}" : "")}";
        var removed = await session.Server.DeleteAsync(path, AdminJson.Default.RemovedAlias, cancel);
        return session.Output.Say(removed, AdminJson.Default.RemovedAlias, $"Mail for {removed.Source} no longer goes to {string.Join(", ", removed.Targets)}.");
    }
}
