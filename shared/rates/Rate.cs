using System.Globalization;

namespace MailMesh.Rates;

/// <summary>So many of something within a span of time, as an operator writes it: 100/minute, 500/day.</summary>
/// <param name="Limit">Most that are permitted within <paramref name="Window"/>.</param>
/// <param name="Window">A second, a minute, an hour or a day: the database keeps counts of these alone.</param>
public readonly record struct Rate(long Limit, TimeSpan Window)
{
    private static readonly (string Name, TimeSpan Window)[] Units =
    [
        ("second", TimeSpan.FromSeconds(1)),
        ("minute", TimeSpan.FromMinutes(1)),
        ("hour", TimeSpan.FromHours(1)),
        ("day", TimeSpan.FromDays(1)),
    ];

    /// <summary>Every window that there is.</summary>
    internal static IEnumerable<TimeSpan> Windows => Units.Select(unit => unit.Window);

    public static Rate PerDay(long limit) => new(limit, TimeSpan.FromDays(1));

    /// <summary>Reads NUMBER/second, /minute, /hour or /day.</summary>
    public static bool TryParse(string text, out Rate rate)
    {
        rate = default;
        if (text.Split('/') is not [var number, var word] || !long.TryParse(number.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var limit))
            return false;
        var unit = Array.Find(Units, unit => unit.Name.Equals(word.Trim(), StringComparison.OrdinalIgnoreCase));
        rate = new Rate(limit, unit.Window);
        return unit.Name is not null;
    }

    public override string ToString()
    {
        var window = Window;
        return $"{Limit}/{Array.Find(Units, unit => unit.Window == window).Name ?? window.ToString()}";
    }
}
