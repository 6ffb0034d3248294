using MailMesh.Hosting;

namespace MailMesh.Sasl;

/// <summary>What clients may authenticate by, below MAILMESH__SASL__.</summary>
public sealed record SaslOptions
{
    public const string ScramSha256Plus = "SCRAM-SHA-256-PLUS";
    public const string ScramSha256 = "SCRAM-SHA-256";
    public const string Plain = "PLAIN";
    public const string Login = "LOGIN";
    public const string OAuthBearer = "OAUTHBEARER";
    public const string XOAuth2 = "XOAUTH2";
    public const string External = "EXTERNAL";

    /// <summary>All that there are, in the order in which clients see them.</summary>
    private static readonly string[] All = [ScramSha256Plus, ScramSha256, Plain, Login, OAuthBearer, XOAuth2, External];

    /// <summary>Those that are offered wherever they can work; all by default.</summary>
    public IReadOnlyList<string> Mechanisms { get; init; } = All;

    /// <exception cref="SettingException">A name is no mechanism of ours.</exception>
    public static SaslOptions From(Settings settings)
    {
        if (settings.Text("Sasl:Mechanisms") is not { } text)
            return new SaslOptions();
        var wanted = text.ToUpperInvariant().Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        return wanted.Except(All).Any()
            ? throw new SettingException("Sasl:Mechanisms", text, $"some of {string.Join(' ', All)}")
            : new SaslOptions { Mechanisms = [.. All.Intersect(wanted)] };
    }
}
