using Microsoft.Extensions.Logging;

namespace MailMesh.Hosting.Tls;

/// <summary>Log lines of certificates: 1030 to 1039. File names and dates; never what a file holds.</summary>
internal static partial class CertificateLog
{
    [LoggerMessage(1030, LogLevel.Warning, "Certificate files: {Fault}. What was in use before stays in use")]
    public static partial void Unusable(ILogger log, string fault);

    [LoggerMessage(1031, LogLevel.Warning, "Every user of this machine may read the private key in {File}: take that right from them (chmod o-r)")]
    public static partial void Exposed(ILogger log, string file);

    [LoggerMessage(1032, LogLevel.Information, "Certificate for {Name} taken from {File}, valid until {Until:u}")]
    public static partial void Taken(ILogger log, string name, string file, DateTime until);

    [LoggerMessage(1033, LogLevel.Information, "Certificate for {Name} is no longer shown: {File} is gone")]
    public static partial void Dropped(ILogger log, string name, string file);

    [LoggerMessage(1034, LogLevel.Warning, "Certificate for {Name} in {File} expires at {Until:u}: renew it")]
    public static partial void Expiring(ILogger log, string name, string file, DateTime until);

    [LoggerMessage(1035, LogLevel.Error, "Certificate for {Name} in {File} is not valid now, but from {From:u} to {Until:u}: clients refuse it")]
    public static partial void Invalid(ILogger log, string name, string file, DateTime from, DateTime until);

    [LoggerMessage(1036, LogLevel.Warning, "No certificate in {Folder} yet: a self-signed one is shown until there is")]
    public static partial void NoneInFolder(ILogger log, string folder);

    [LoggerMessage(1037, LogLevel.Error, "Certificate files could not be looked at; tried again")]
    public static partial void LookFailed(ILogger log, Exception failure);
}
