using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MailMesh.AdminApi;

namespace MailMesh.Cli;

/// <summary>The admin API as a command uses it.</summary>
/// <exception cref="CommandException">Thrown by any member: the server refuses, or does not answer.</exception>
public sealed class AdminClient : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A verb on a large queue takes a while.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http;

    public AdminClient(ServerAddress address)
    {
        Address = address;
        var handler = new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, AllowAutoRedirect = false };
        _http = new HttpClient(handler) { BaseAddress = address.Url, Timeout = RequestTimeout };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", address.Token);
    }

    public ServerAddress Address { get; }

    /// <summary>From here on as a user, not with the admin token.</summary>
    public void ActAs(string user, string password) =>
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    public Task<TOut> GetAsync<TOut>(string path, JsonTypeInfo<TOut> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, type, cancellationToken);

    public Task<TOut> PostAsync<TOut>(string path, JsonTypeInfo<TOut> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, null, type, cancellationToken);

    public Task<TOut> PostAsync<TIn, TOut>(string path, TIn body, JsonTypeInfo<TIn> bodyType, JsonTypeInfo<TOut> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, JsonContent.Create(body, bodyType), type, cancellationToken);

    public Task<TOut> PatchAsync<TIn, TOut>(string path, TIn body, JsonTypeInfo<TIn> bodyType, JsonTypeInfo<TOut> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Patch, path, JsonContent.Create(body, bodyType), type, cancellationToken);

    public Task<TOut> DeleteAsync<TOut>(string path, JsonTypeInfo<TOut> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, path, null, type, cancellationToken);

    /// <summary>Every item of a list, page after page.</summary>
    public async IAsyncEnumerable<T> ListAsync<T>(string path, JsonTypeInfo<Page<T>> type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var after = "";
        while (true)
        {
            var page = await GetAsync($"{path}{separator}limit={Page<T>.MaxLimit}{after}", type, cancellationToken);
            foreach (var item in page.Items)
                yield return item;
            if (page.Next is null)
                yield break;
            after = $"&after={Uri.EscapeDataString(page.Next)}";
        }
    }

    /// <summary>Status and body of an endpoint outside the API.</summary>
    public async Task<(HttpStatusCode Status, string Body, DateTimeOffset? Date)> ProbeAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await AnswerAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken), response.Headers.Date);
    }

    public void Dispose() => _http.Dispose();

    private async Task<TOut> SendAsync<TOut>(HttpMethod method, string path, HttpContent? body, JsonTypeInfo<TOut> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        using var response = await AnswerAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw await RefusalAsync(response, cancellationToken);
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellationToken) ?? throw new JsonException("null");
        }
        catch (JsonException failure)
        {
            throw CommandException.Unreachable($"{Address.Url} answers, but not as MailMesh does: {failure.Message}", failure);
        }
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException failure) when (failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            throw CommandException.Unreachable($"Nothing listens at {Address.Url} (from {Address.Source}). Is the server running?", failure);
        }
        catch (HttpRequestException failure)
        {
            throw CommandException.Unreachable($"{Address.Url} (from {Address.Source}) cannot be reached: {failure.Message}", failure);
        }
        catch (TaskCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw CommandException.Unreachable($"{Address.Url} (from {Address.Source}) did not answer in time.", failure);
        }
    }

    private async Task<CommandException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.Unauthorized && _http.DefaultRequestHeaders.Authorization is { Scheme: "Basic" })
            return new CommandException(ExitCode.Refused, new Problem("about:blank", "Not let in", 401, "The server does not take this user and password."));
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            return CommandException.Unreachable(
                $"{Address.Url} does not take the token (from {Address.Source}). A server that runs with MAILMESH__ADMIN__TOKEN takes that one alone: set MAILMESH_TOKEN to it.");
        var status = (int)response.StatusCode;
        var unexplained = new Problem("about:blank", response.ReasonPhrase ?? "", status, $"The server answered {status} {response.ReasonPhrase}.");
        try
        {
            return new CommandException(ExitCode.Refused, await response.Content.ReadFromJsonAsync(AdminJson.Default.Problem, cancellationToken) ?? unexplained);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return new CommandException(ExitCode.Refused, unexplained, failure);
        }
    }
}
