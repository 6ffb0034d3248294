using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MailMesh.AdminApi;
using MailMesh.Cli;
using OtpNet;

namespace MailMesh.Unit.Tests.Admin;

/// <summary>A user turns the second factor on, logs in with a code, and an operator helps when the authenticator is lost.</summary>
public sealed class SecondFactorTests(AdminServer server) : IClassFixture<AdminServer>
{
    private const string Password = "secret-9";

    [Fact]
    public async Task A_code_is_asked_for_once_and_the_session_stands_for_it()
    {
        var user = await AddAsync("a@factor.test");
        var offer = await SendAsync(HttpMethod.Post, "second-factor", AdminJson.Default.SecondFactorSecret, user);
        var totp = new Totp(Base32Encoding.ToBytes(offer.Secret));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(HttpMethod.Put, "second-factor", user, body: new NewSecondFactor(offer.Secret, "000000")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, "app-passwords", user)); // not on yet
        var code = totp.ComputeTotp();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Put, "second-factor", user, body: new NewSecondFactor(offer.Secret, code)));

        using var refused = await RequestAsync(HttpMethod.Get, "app-passwords", user);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains("MailMesh-Code", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Post, "session", user, code)); // it was taken when it was set

        var next = totp.ComputeTotp(DateTime.UtcNow.AddSeconds(30)); // one step ahead is allowed
        var session = await SendAsync(HttpMethod.Post, "session", AdminJson.Default.WebSession, user, next);
        var made = await SendAsync(HttpMethod.Post, "app-passwords", AdminJson.Default.MadeAppPassword, $"Bearer {session.Token}", body: new NewAppPassword("Phone"));
        Assert.Equal(("a@factor.test", "Phone"), (made.Account, made.Name));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, "app-passwords", Basic("a@factor.test", made.Password)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Delete, "app-passwords?name=Phone", $"Bearer {session.Token}"));

        Assert.Contains("password alone", await server.ExpectAsync("account reset-second-factor a@factor.test"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, "app-passwords", user));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, "app-passwords", $"Bearer {session.Token}"));
    }

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("Bearer nonsense!")]
    [InlineData("Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_token_that_is_none_of_ours_opens_nothing(string authorization) =>
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(HttpMethod.Get, "app-passwords", authorization));

    private async Task<string> AddAsync(string address)
    {
        await server.RunAsync($"domain add {address.Split('@')[1]}");
        await server.ExpectAsync($"account add {address} --password-stdin", Password + "\n");
        return Basic(address, Password);
    }

    private static string Basic(string user, string password) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}";

    private async Task<HttpResponseMessage> RequestAsync(HttpMethod method, string path, string authorization, string? code = null, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/v1/me/{path}");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (code is not null)
            request.Headers.Add("MailMesh-Code", code);
        if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType());
        return await server.Http.SendAsync(request);
    }

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, string authorization, string? code = null, object? body = null)
    {
        using var response = await RequestAsync(method, path, authorization, code, body);
        return response.StatusCode;
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, string authorization, string? code = null, object? body = null)
    {
        using var response = await RequestAsync(method, path, authorization, code, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize(text, type)!;
    }
}
