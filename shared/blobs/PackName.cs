using System.Buffers;
using System.Text.RegularExpressions;

namespace MailMesh.Blobs;

/// <summary>
/// Names of packs: a letter for the kind and a version 7 UUID, so that names never repeat, whoever makes them, and sort by age.
/// </summary>
internal static partial class PackName
{
    /// <summary>Many bodies.</summary>
    public const char Shared = 's';

    /// <summary>One body of its own.</summary>
    public const char Single = 'o';

    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    public static string Next(char kind) => kind + Guid.CreateVersion7().ToString("N");

    public static bool IsValid(ReadOnlySpan<char> name) =>
        name.Length == 33 && name[0] is Shared or Single && !name[1..].ContainsAnyExcept(Hexadecimal);

    /// <summary>The names before a dot, as references start, in any text.</summary>
    public static IEnumerable<string> In(string text) => Name().Matches(text).Select(match => match.Value);

    [GeneratedRegex("[so][0-9a-f]{32}(?=[.])")]
    private static partial Regex Name();
}
