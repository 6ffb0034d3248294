namespace MailMesh.AdminApi;

/// <summary>Where the mail of a domain is handed over in place of its MX hosts. The password is shown by nothing.</summary>
/// <param name="Domain">A domain, or '*' for every domain without a route of its own.</param>
public sealed record RouteView(string Domain, string Host, int Port, string? Username, DateTimeOffset CreatedAt);

public sealed record NewRoute(string Domain, string Host, int Port, string? Username = null, string? Password = null);
