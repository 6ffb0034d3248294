using System.Globalization;

namespace MailMesh.Access.Imap;

/// <summary>Dates as RFC 3501 §9 writes them.</summary>
internal static class ImapDate
{
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

    /// <summary>date: 1-Feb-1994, quoted or not.</summary>
    public static DateOnly ParseDate(ref ImapScanner scanner)
    {
        var quoted = scanner.Take('"');
        var date = DateText(ref scanner, scanner.Number());
        if (quoted)
            scanner.Expect('"');
        return date;
    }

    /// <summary>date-time: "17-Jul-1996 02:44:25 -0700", the day padded by a blank.</summary>
    public static DateTimeOffset ParseDateTime(ref ImapScanner scanner)
    {
        scanner.Expect('"');
        scanner.Take(' ');
        var date = DateText(ref scanner, scanner.Number());
        scanner.ExpectSpace();
        var time = Time(ref scanner);
        scanner.ExpectSpace();
        var zone = Zone(ref scanner);
        scanner.Expect('"');
        // Years 1 and 9999 with a zone can leave what DateTimeOffset holds.
        if (scanner.Failed || date.Year is < 2 or > 9998)
        {
            scanner.Fail("Date is out of range");
            return default;
        }
        return new DateTimeOffset(date.ToDateTime(time), zone);
    }

    /// <summary>Writes a date-time with its quotes.</summary>
    public static string Format(DateTimeOffset moment)
    {
        var utc = moment.UtcDateTime;
        return string.Create(CultureInfo.InvariantCulture, $"\"{utc.Day,2}-{utc:MMM-yyyy HH:mm:ss} +0000\"");
    }

    private static DateOnly DateText(ref ImapScanner scanner, uint day)
    {
        scanner.Expect('-');
        var month = Month(ref scanner);
        scanner.Expect('-');
        var year = scanner.Number();
        if (!scanner.Failed && year is > 0 and < 10_000 && day > 0 && day <= DateTime.DaysInMonth((int)year, month))
            return new DateOnly((int)year, month, (int)day);
        scanner.Fail("No such date");
        return default;
    }

    private static int Month(ref ImapScanner scanner)
    {
        for (var i = 0; i < Months.Length; i++)
        {
            if (scanner.TakeWord(Months[i]))
                return i + 1;
        }
        scanner.Fail("Month expected");
        return 1;
    }

    private static TimeOnly Time(ref ImapScanner scanner)
    {
        var hour = scanner.Number();
        scanner.Expect(':');
        var minute = scanner.Number();
        scanner.Expect(':');
        var second = scanner.Number();
        if (second == 60) // a leap second
            second = 59;
        if (!scanner.Failed && hour < 24 && minute < 60 && second < 60)
            return new TimeOnly((int)hour, (int)minute, (int)second);
        scanner.Fail("No such time");
        return default;
    }

    private static TimeSpan Zone(ref ImapScanner scanner)
    {
        var west = scanner.Take('-');
        if (!west)
            scanner.Expect('+');
        var digits = scanner.Number();
        var zone = TimeSpan.FromMinutes((digits / 100 * 60) + (digits % 100));
        if (zone <= TimeSpan.FromHours(14))
            return west ? -zone : zone;
        scanner.Fail("No such zone");
        return default;
    }
}
