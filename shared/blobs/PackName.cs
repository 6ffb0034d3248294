using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MailMesh.Blobs;

/// <summary>
/// Names of packs: a letter for the kind and a version 7 UUID, so that names never repeat, whoever makes them, and sort by age. The version of a pack
/// that is in the journal first is said to be 8 (RFC 9562 §5.8: ours to define), so that nobody else is asked for there.
/// </summary>
internal static partial class PackName
{
    /// <summary>Many bodies.</summary>
    public const char Shared = 's';

    /// <summary>One body of its own.</summary>
    public const char Single = 'o';

    /// <summary>Where a name has the UUID's version.</summary>
    private const int VersionAt = 13;

    private const char Journaled = '8';

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    public static string Next(char kind) => kind + Guid.CreateVersion7().ToString("N");

    /// <summary>Of a pack of many bodies that is kept in the journal before it is an object.</summary>
    public static string NextJournaled()
    {
        var name = Next(Shared).ToCharArray();
        name[VersionAt] = Journaled;
        return new string(name);
    }

    public static bool IsJournaled(string name) => name[0] == Shared && name[VersionAt] == Journaled;

    /// <summary>When the name was made, by the clock of who made it.</summary>
    public static DateTimeOffset MadeAt(string name) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(name.AsSpan(1, 12), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));

    public static bool IsValid(ReadOnlySpan<char> name) =>
        name.Length == 33 && name[0] is Shared or Single && !name[1..].ContainsAnyExcept(Hexadecimal);

    /// <summary>The names before a dot, as references start, in any text.</summary>
    public static IEnumerable<string> In(string text) => Name().Matches(text).Select(match => match.Value);

    [GeneratedRegex("[so][0-9a-f]{32}(?=[.])")]
    private static partial Regex Name();
}
