using MailMesh.Hosting;

namespace MailMesh.Admin;

/// <summary>Settings of the service.</summary>
public sealed record AdminOptions
{
    /// <summary>Shorter than this a token can be guessed by trying.</summary>
    private const int LeastTokenLength = 16;

    /// <summary>MAILMESH__ADMIN__TOKEN; by default one that is made at the first start and kept in the data folder.</summary>
    public string? Token { get; init; }

    /// <exception cref="SettingException">A value is wrong.</exception>
    public static AdminOptions From(Settings settings) => new()
    {
        Token = settings.Text("Admin:Token") is not { } token || token.Length >= LeastTokenLength
            ? settings.Text("Admin:Token")
            : throw new SettingException("Admin:Token", "(hidden)", $"at least {LeastTokenLength} characters"),
    };
}
