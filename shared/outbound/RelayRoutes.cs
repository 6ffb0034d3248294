using MailMesh.Database;

namespace MailMesh.Outbound;

/// <summary>Next hops that an operator has set in place of a domain's MX hosts.</summary>
public sealed class RelayRoutes(MailDatabase database)
{
    private const string Find =
        """
        SELECT domain, host, port, username, password FROM routes WHERE domain IN (@domain, '*')
        ORDER BY CASE WHEN domain = '*' THEN 1 ELSE 0 END LIMIT 1
        """;

    /// <summary>The route of a domain, else the one of '*', else null.</summary>
    public Task<Route?> FindAsync(string domain) => database.ReadAsync(session => session.FirstAsync(Find, row => new Route
    {
        Domain = row.GetString(0),
        Host = row.GetString(1),
        Port = row.GetInt32(2),
        Username = row.IsDBNull(3) ? null : row.GetString(3),
        Password = row.IsDBNull(4) ? null : row.GetString(4),
    }, ("@domain", domain)));
}
