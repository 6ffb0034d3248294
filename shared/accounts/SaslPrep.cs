using System.Diagnostics.CodeAnalysis;
using System.Text;
using ICU4N.Text;

namespace MailMesh.Accounts;

/// <summary>RFC 4013: names and passwords in the one form that client and server of SCRAM both hash.</summary>
/// <remarks>By ICU4N, since the platform normalizes nothing without ICU's own libraries; its tables are loaded at the first text that is not ASCII.</remarks>
public static class SaslPrep
{
    private static readonly Lazy<StringPrep> Profile = new(() => StringPrep.GetInstance(StringPrepProfile.Rfc4013SaslPrep));

    /// <summary>False where the text has what the profile prohibits: controls, unassigned code points, a wrong mixture of directions.</summary>
    public static bool TryPrepare(string text, [NotNullWhen(true)] out string? prepared)
    {
        prepared = null;
        if (Ascii.IsValid(text))
        {
            if (text.AsSpan().ContainsAnyInRange('\0', '\x1f') || text.Contains('\x7f', StringComparison.Ordinal))
                return false;
            prepared = text;
            return true;
        }
        try
        {
            prepared = Profile.Value.Prepare(text, StringPrepOptions.Default);
            return true;
        }
        catch (Exception failure) when (failure is StringPrepFormatException or FormatException or ArgumentException)
        {
            return false;
        }
    }
}
