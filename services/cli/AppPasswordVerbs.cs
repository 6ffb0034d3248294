using MailMesh.AdminApi;
using static MailMesh.Cli.ServerSession;

namespace MailMesh.Cli;

internal static class AppPasswordVerbs
{
    private const string AppPasswords = "/api/v1/app-passwords";

    public static async Task<int> AddAsync(ServerSession session, AppPasswordSettings settings, CancellationToken cancel)
    {
        var made = await session.Server.PostAsync(
            AppPasswords, new NewAppPassword(settings.Name, settings.Address), AdminJson.Default.NewAppPassword, AdminJson.Default.MadeAppPassword, cancel);
        return session.Output.Say(made, AdminJson.Default.MadeAppPassword, $"{made.Password} opens {made.Account} for '{made.Name}'. It is shown this once.");
    }

    public static Task<int> ListAsync(ServerSession session, AddressSettings settings, CancellationToken cancel) => session.Output.ListAsync(
        session.Server.ListAsync($"{AppPasswords}?account={Segment(settings.Address)}", AdminJson.Default.PageAppPasswordView, cancel),
        AdminJson.Default.AppPasswordView, "There is no application password.", ["NAME", "CREATED", "LAST USED"],
        password => [password.Name, Output.Moment(password.CreatedAt), password.UsedAt is { } used ? Output.Moment(used) : "never"]);

    public static async Task<int> RemoveAsync(ServerSession session, AppPasswordSettings settings, CancellationToken cancel)
    {
        var removed = await session.Server.DeleteAsync(
            $"{AppPasswords}?account={Segment(settings.Address)}&name={Segment(settings.Name)}", AdminJson.Default.AppPasswordView, cancel);
        return session.Output.Say(removed, AdminJson.Default.AppPasswordView, $"The password of '{removed.Name}' opens {removed.Account} no longer.");
    }
}
