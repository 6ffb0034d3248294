using System.Security.Cryptography;
using System.Text;

namespace MailMesh.Dsn;

/// <summary>The message id of a notification, the same however often it is made, so that a repetition after a crash is recognised.</summary>
public static class NotificationId
{
    /// <param name="messageId">The message reported on.</param>
    /// <param name="action">What is reported.</param>
    /// <param name="recipients">The recipients reported on, in any order.</param>
    public static string Of(string messageId, DsnAction action, IEnumerable<string> recipients)
    {
        var text = string.Join('\n', recipients.Order(StringComparer.Ordinal).Prepend(action.ToString()).Prepend(messageId));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
    }
}
