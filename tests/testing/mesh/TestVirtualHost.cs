using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace MailMesh.Testing;

/// <summary>A RabbitMQ virtual host of one test, with all its queues, removed when disposed; and what the management API says of it.</summary>
public sealed class TestVirtualHost : IAsyncDisposable
{
    private readonly HttpClient _management;
    private readonly List<string> _users = [];

    private TestVirtualHost(Uri broker, HttpClient management, string name)
    {
        _management = management;
        Name = name;
        Uri = new UriBuilder(broker) { Path = name }.Uri;
    }

    public string Name { get; }

    /// <summary>amqp://user:password@host:port/name.</summary>
    public Uri Uri { get; }

    /// <param name="addresses">The broker; the engine of tests/run where null.</param>
    public static async Task<TestVirtualHost> CreateAsync(EngineAddresses? addresses = null)
    {
        addresses ??= EngineAddresses.FromEnvironment();
        var (user, password) = EngineAddresses.Credentials(addresses.Management);
        var management = new HttpClient { BaseAddress = new UriBuilder(addresses.Management) { UserName = "", Password = "" }.Uri, Timeout = TimeSpan.FromSeconds(30) };
        management.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        var host = new TestVirtualHost(addresses.RabbitMq, management, $"test-{Guid.NewGuid():N}");
        await host.SendAsync(HttpMethod.Put, $"api/vhosts/{host.Name}");
        await host.SendAsync(HttpMethod.Put, $"api/permissions/{host.Name}/{Uri.EscapeDataString(user)}", new JsonObject { ["configure"] = ".*", ["write"] = ".*", ["read"] = ".*" });
        return host;
    }

    /// <summary>The address for a new user of this virtual host who may do nothing in it.</summary>
    public async Task<Uri> NewPowerlessUserAsync(string password)
    {
        var user = $"powerless-{Guid.NewGuid():N}";
        await SendAsync(HttpMethod.Put, $"api/users/{user}", new JsonObject { ["password"] = password, ["tags"] = "" });
        _users.Add(user);
        await SendAsync(HttpMethod.Put, $"api/permissions/{Name}/{user}", new JsonObject { ["configure"] = "", ["write"] = "", ["read"] = "" });
        return new UriBuilder(Uri) { UserName = user, Password = password }.Uri;
    }

    /// <summary>The queues, with what the management API tells of each; its counters are some seconds old.</summary>
    public Task<JsonArray> QueuesAsync() => GetAsync($"api/queues/{Name}");

    /// <summary>Names of the queues at this moment.</summary>
    public async Task<IReadOnlyList<string>> QueueNamesAsync() => [.. (await GetAsync($"api/queues/{Name}?columns=name")).Select(queue => (string)queue!["name"]!)];

    /// <summary>Names of all virtual hosts of the broker.</summary>
    public async Task<IReadOnlyList<string>> NeighboursAsync() => [.. (await GetAsync("api/vhosts?columns=name")).Select(host => (string)host!["name"]!)];

    /// <summary>The bindings of every exchange to a queue or an exchange.</summary>
    public Task<JsonArray> BindingsAsync() => GetAsync($"api/bindings/{Name}");

    /// <summary>Up to so many messages of a queue, which keeps them.</summary>
    public async Task<JsonArray> PeekAsync(string queue, int count = 100)
    {
        var request = new JsonObject { ["count"] = count, ["ackmode"] = "ack_requeue_true", ["encoding"] = "auto" };
        using var response = await SendAsync(HttpMethod.Post, $"api/queues/{Name}/{Uri.EscapeDataString(queue)}/get", request);
        return await response.Content.ReadFromJsonAsync<JsonArray>() ?? [];
    }

    /// <summary>Puts a message into a queue, as it is: for what no service of ours would send.</summary>
    public async Task PublishAsync(string queue, string body, string contentType = "application/vnd.masstransit+json")
    {
        var message = new JsonObject
        {
            ["routing_key"] = queue,
            ["payload"] = body,
            ["payload_encoding"] = "string",
            ["properties"] = new JsonObject { ["content_type"] = contentType, ["delivery_mode"] = 2 },
        };
        using var response = await SendAsync(HttpMethod.Post, $"api/exchanges/{Name}/amq.default/publish", message);
        if (!(await response.Content.ReadAsStringAsync()).Contains("true", StringComparison.Ordinal))
            throw new InvalidOperationException($"There is no queue '{queue}'.");
    }

    public async ValueTask DisposeAsync()
    {
        await SendAsync(HttpMethod.Delete, $"api/vhosts/{Name}");
        foreach (var user in _users)
            await SendAsync(HttpMethod.Delete, $"api/users/{user}");
        _management.Dispose();
    }

    private async Task<JsonArray> GetAsync(string path)
    {
        using var response = await SendAsync(HttpMethod.Get, path);
        return await response.Content.ReadFromJsonAsync<JsonArray>() ?? [];
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        // The management API wants a length: no chunks.
        request.Content = method == HttpMethod.Get ? null : new StringContent(body?.ToJsonString() ?? "", Encoding.UTF8, "application/json");
        var response = await _management.SendAsync(request);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {path} answered {response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return response;
    }
}
