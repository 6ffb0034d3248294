using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace MailMesh.Unit.Tests.Admin;

/// <summary>What a stranger and a broken client get from the admin API.</summary>
public sealed class ApiTests(AdminServer server) : IClassFixture<AdminServer>
{
    [Theory]
    [InlineData(null)]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer ")]
    [InlineData("Basic dXNlcjpwdw==")]
    public async Task Without_the_token_nothing_is_told(string? authorization)
    {
        foreach (var path in new[] { "status", "domains", "accounts", "messages/00000000000000000000000000000000", "no-such-thing" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/{path}");
            if (authorization is not null)
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var response = await server.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        }
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/metrics")]
    public async Task Probes_and_Prometheus_need_no_token(string path) =>
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);

    [Theory]
    [InlineData("domains", "{", HttpStatusCode.BadRequest, "not the JSON")]
    [InlineData("domains", "{}", HttpStatusCode.BadRequest, "not the JSON")]
    [InlineData("domains", "{\"name\":null}", HttpStatusCode.BadRequest, "not the JSON")]
    [InlineData("domains", "null", HttpStatusCode.BadRequest, "null")]
    [InlineData("accounts", "{\"address\":\"a@b.test\"}", HttpStatusCode.BadRequest, "password")]
    [InlineData("accounts", "{\"address\":\"a@b.test\",\"password\":\"x\"}", HttpStatusCode.Conflict, "not ours")]
    [InlineData("routes", "{\"domain\":\"a.test\",\"host\":\"h\",\"port\":25,\"username\":\"u\"}", HttpStatusCode.BadRequest, "both")]
    [InlineData("nothing", "{}", HttpStatusCode.NotFound, "POST /api/v1/nothing")]
    public async Task A_refusal_is_a_problem_that_says_what_is_wrong(string path, string body, HttpStatusCode status, string saying)
    {
        using var response = await PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal((int)status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.Contains(saying, problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_is_bounded()
    {
        using var response = await PostAsync("domains", new StringContent($"{{\"name\":\"{new string('a', 1 << 20)}\"}}", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_no_json_is_refused()
    {
        using var response = await PostAsync("domains", new StringContent("name=x", Encoding.UTF8, "application/x-www-form-urlencoded"));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("domains?limit=0")]
    [InlineData("domains?limit=1001")]
    [InlineData("domains?limit=x")]
    [InlineData("queue?after=x")]
    [InlineData("messages?since=yesterday")]
    public async Task A_page_is_bounded(string path)
    {
        using var request = Authorized(HttpMethod.Get, path);
        using var response = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public void The_token_is_random_and_for_its_owner_alone()
    {
        var file = Path.Combine(server.Data, MailMesh.Admin.AdminToken.FileName);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(43, server.Token.Length); // 256 bits in base64url
    }

    private async Task<HttpResponseMessage> PostAsync(string path, HttpContent body)
    {
        using var request = Authorized(HttpMethod.Post, path);
        request.Content = body;
        return await server.Http.SendAsync(request);
    }

    private HttpRequestMessage Authorized(HttpMethod method, string path) =>
        new(method, $"/api/v1/{path}") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", server.Token) } };
}
