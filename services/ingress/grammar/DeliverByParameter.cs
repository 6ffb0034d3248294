using System.Globalization;

namespace MailMesh.Ingress.Grammar;

/// <summary>RFC 2852 §4: BY of MAIL, by-time ';' by-mode [by-trace].</summary>
/// <param name="Seconds">From now; zero or less says that the moment has come or gone.</param>
/// <param name="Mode">N, R, NT or RT: what to do when time is over (N: notify, R: return), and whether to tell of each relaying.</param>
internal sealed record DeliverByParameter(long Seconds, string Mode)
{
    /// <summary>§3: the least time for which a message is taken that is to be returned past it; below it, connecting alone could take that long.</summary>
    public const int MinSeconds = 60;

    private const int MaxDigits = 9;

    /// <summary>§4: the message comes back when it is not delivered in time.</summary>
    public bool Returns => Mode[0] == 'R';

    public static bool TryParse(string? value, out DeliverByParameter? by)
    {
        by = null;
        var semicolon = value?.IndexOf(';') ?? -1;
        if (semicolon < 1)
            return false;
        var mode = value![(semicolon + 1)..].ToUpperInvariant();
        var time = value.AsSpan(0, semicolon);
        if (mode is not ("N" or "R" or "NT" or "RT") || time.TrimStart("+-").Length is 0 or > MaxDigits
            || !long.TryParse(time, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
            return false;
        by = new DeliverByParameter(seconds, mode);
        // §4: what is to be returned past a time must still have one.
        return !by.Returns || seconds > 0;
    }
}
