using MailMesh.Hosting;

namespace MailMesh.Access.Pop3;

/// <summary>Settings of POP3, below MAILMESH__ACCESS__POP3__.</summary>
internal sealed record Pop3Options
{
    /// <summary>How long a client may be silent: RFC 1939 §3 allows no less than ten minutes.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a wrong password waits for its answer; clients of exempt networks do not wait. Long enough to make guessing slow, short enough for a mistyped one.</summary>
    public TimeSpan FailedLoginDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Wrong passwords by one mechanism after which the connection ends: a client of good will asks its user after the first.</summary>
    public int MaxFailedLogins { get; init; } = 3;

    /// <summary>Connections of one address at once, exempt networks aside. Offices share an address.</summary>
    public int MaxPerAddress { get; init; } = 500;

    /// <summary>RFC 2449 §6.5: between two logins of an account, at all copies together; none by default, since people press 'check mail'.</summary>
    public TimeSpan LoginDelay { get; init; }

    /// <exception cref="SettingException">A value is wrong.</exception>
    public static Pop3Options From(Settings settings)
    {
        var defaults = new Pop3Options();
        return new Pop3Options
        {
            IdleTimeout = settings.Time("Access:Pop3:IdleTimeout", defaults.IdleTimeout),
            FailedLoginDelay = settings.Time("Access:Pop3:FailedLoginDelay", defaults.FailedLoginDelay),
            MaxFailedLogins = (int)settings.Number("Access:Pop3:MaxFailedLogins", defaults.MaxFailedLogins, 1, 100),
            LoginDelay = settings.Time("Access:Pop3:LoginDelay", defaults.LoginDelay),
            MaxPerAddress = (int)settings.Number("Access:Pop3:MaxPerAddress", defaults.MaxPerAddress, 1, 1_000_000),
        };
    }
}
