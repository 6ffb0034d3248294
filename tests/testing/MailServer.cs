using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using MailMesh.AdminApi;

namespace MailMesh.Testing;

/// <summary>A MailMesh that runs for a test, and its admin API.</summary>
public abstract class MailServer(ServerPorts ports, string data)
{
    /// <summary>Password of every account that the tests make.</summary>
    public const string Password = "correct-horse-7";

    private int _accounts;
    private string? _domain;

    public ServerPorts Ports { get; } = ports;

    /// <summary>The folder of its data.</summary>
    public string Data { get; } = data;

    /// <summary>A client of the HTTP listener, without the token.</summary>
    public HttpClient Http { get; } = new() { BaseAddress = new Uri($"http://127.0.0.1:{ports.Http}/"), Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>A new account for one test alone, in the domain of the first account that was added.</summary>
    public async Task<string> NewAccountAsync(string name = "user")
    {
        var address = $"{name}{Interlocked.Increment(ref _accounts)}@{_domain ?? throw new InvalidOperationException("There is no domain yet.")}";
        await PostAsync("accounts", new NewAccount(address, Password), AdminJson.Default.NewAccount);
        return address;
    }

    /// <summary>Adds accounts, and their domains where they are new.</summary>
    public async Task AddAccountsAsync(IEnumerable<string> addresses)
    {
        var domains = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var address in addresses)
        {
            var domain = address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..];
            _domain ??= domain;
            if (domains.Add(domain))
                await PostAsync("domains", new NewDomain(domain), AdminJson.Default.NewDomain);
            await PostAsync("accounts", new NewAccount(address, Password), AdminJson.Default.NewAccount);
        }
    }

    public Task AddAliasAsync(string source, string target) => PostAsync("aliases", new NewAlias(source, target), AdminJson.Default.NewAlias);

    public Task AddRouteAsync(string domain, int port) => PostAsync("routes", new NewRoute(domain, "127.0.0.1", port), AdminJson.Default.NewRoute);

    /// <summary>Waits until nothing is on its way: every message that got 250 is in a mailbox, at another server, or in the queue.</summary>
    public Task SettleAsync(TimeSpan? limit = null) =>
        Wait.UntilAsync("an empty spool", async () => (await StatusAsync()).Holds.Spool == 0, limit);

    public async Task<ServerStatus> StatusAsync() => await GetAsync("status", AdminJson.Default.ServerStatus);

    public Task<MessageStory> StoryAsync(string messageId) => GetAsync($"messages/{messageId}", AdminJson.Default.MessageStory);

    /// <summary>Reads from the admin API.</summary>
    public async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, $"api/v1/{path}"));
        return await response.Content.ReadFromJsonAsync(type) ?? throw new InvalidDataException($"{path} answered null.");
    }

    /// <summary>The token of the admin API; by default the one that a server keeps in its data folder.</summary>
    protected virtual async Task<string> TokenAsync() => (await File.ReadAllTextAsync(Path.Combine(Data, "admin-token"))).Trim();

    private async Task PostAsync<T>(string path, T body, JsonTypeInfo<T> type)
    {
        using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Post, $"api/v1/{path}") { Content = JsonContent.Create(body, type) });
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync());
            var response = await Http.SendAsync(request);
            if (!response.IsSuccessStatusCode)
                throw new InvalidOperationException($"{request.Method} {request.RequestUri} answered {response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
            return response;
        }
    }
}
