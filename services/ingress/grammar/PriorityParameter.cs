namespace MailMesh.Ingress.Grammar;

/// <summary>RFC 6710 §3: MT-PRIORITY of MAIL, from -9 to 9.</summary>
internal static class PriorityParameter
{
    public static bool TryParse(string? value, out int priority)
    {
        priority = 0;
        if (value is null)
            return false;
        // ["-"] NZDIGIT / "0": neither '+', nor a leading zero, nor '-0'.
        var negative = value.Length == 2 && value[0] == '-' && value[1] != '0';
        if (!(negative || value.Length == 1) || !char.IsAsciiDigit(value[^1]))
            return false;
        priority = (value[^1] - '0') * (negative ? -1 : 1);
        return true;
    }
}
