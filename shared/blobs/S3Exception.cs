using System.Net;
using System.Xml;
using System.Xml.Linq;
using Minio.Exceptions;

namespace MailMesh.Blobs;

/// <summary>The object store refused a request. It may take the same one later: once it is well, or once the setting that the text names is right.</summary>
internal sealed class S3Exception : IOException
{
    private S3Exception(HttpStatusCode status, string code, string message, Exception? inner = null)
        : base(message, inner)
    {
        Status = status;
        Code = code;
    }

    public HttpStatusCode Status { get; }

    /// <summary>S3's own name of the fault, such as NoSuchKey; empty where it gave none.</summary>
    public string Code { get; }

    /// <summary>True where the store is at fault, and not the request.</summary>
    public bool IsOverloadOrFailure => Status >= HttpStatusCode.InternalServerError || Status == HttpStatusCode.TooManyRequests;

    /// <param name="error">The reply's body.</param>
    public static S3Exception From(HttpStatusCode status, string error)
    {
        var code = CodeOf(error);
        return new S3Exception(status, code, Text(status, code));
    }

    /// <summary>What the SDK makes of a reply.</summary>
    public static S3Exception From(Exception failure)
    {
        var (status, code) = failure switch
        {
            BucketNotFoundException => (HttpStatusCode.NotFound, "NoSuchBucket"),
            InvalidBucketNameException => (HttpStatusCode.BadRequest, "InvalidBucketName"),
            ErrorResponseException { Response.Code: { } named } => (HttpStatusCode.BadRequest, named),
            AuthorizationException or AccessDeniedException => (HttpStatusCode.Forbidden, "AccessDenied"),
            _ => (HttpStatusCode.ServiceUnavailable, ""),
        };
        return new S3Exception(status, code, Text(status, code), failure);
    }

    private static string Text(HttpStatusCode status, string code) => code switch
    {
        "InvalidAccessKeyId" => "the object store does not know the key of MAILMESH__BLOBS__S3__ACCESSKEY",
        "SignatureDoesNotMatch" => "the object store refuses the secret of MAILMESH__BLOBS__S3__SECRETKEY",
        "AccessDenied" => "the object store denies access: look at MAILMESH__BLOBS__S3__ACCESSKEY, __SECRETKEY and the rights on the bucket of MAILMESH__BLOBS__S3__BUCKET",
        "NoSuchBucket" => "the object store has no bucket of the name in MAILMESH__BLOBS__S3__BUCKET",
        "InvalidBucketName" => "the object store takes no bucket of the name in MAILMESH__BLOBS__S3__BUCKET",
        "RequestTimeTooSkewed" => "the clocks of this machine and of the object store differ by too much",
        "" => $"the object store answers {(int)status} {status}",
        _ => $"the object store answers {code} ({(int)status})",
    };

    private static string CodeOf(string error)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(error), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            var code = XElement.Load(reader).Elements().FirstOrDefault(e => e.Name.LocalName == "Code")?.Value ?? "";
            return code.Length <= 64 && code.All(char.IsAsciiLetterOrDigit) ? code : "";
        }
        catch (XmlException)
        {
            return ""; // a proxy's page, or nothing
        }
    }
}
