using System.Xml.Linq;
using MailMesh.Testing;

namespace MailMesh.Unit.Tests.Architecture;

/// <summary>A project of the checkout, as its file says.</summary>
internal sealed record ProjectFile(string Path, IReadOnlyList<string> References, IReadOnlyList<string> Packages, IReadOnlyList<string> Includes)
{
    /// <summary>Every project, but what builds left behind.</summary>
    public static IReadOnlyList<ProjectFile> All { get; } =
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Where(path => !System.IO.Path.GetRelativePath(Repository.Root, path).Split('/').Any(part => part is "bin" or "obj"))
            .Select(Read)
            .OrderBy(project => project.Path, StringComparer.Ordinal),
    ];

    /// <summary>services, shared or tests.</summary>
    public string Kind => Path.Split('/')[0];

    /// <summary>The project's folder below its kind.</summary>
    public string Folder => Path.Split('/')[1];

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public static IEnumerable<ProjectFile> Of(string kind) => All.Where(project => project.Kind == kind);

    private static ProjectFile Read(string file)
    {
        var xml = XDocument.Load(file);
        var folder = System.IO.Path.GetDirectoryName(file)!;
        var values = xml.Descendants().Attributes().Select(attribute => attribute.Value).Concat(xml.Descendants().Where(e => !e.HasElements).Select(e => e.Value));
        return new ProjectFile(
            System.IO.Path.GetRelativePath(Repository.Root, file),
            [.. Included("ProjectReference").Select(path => System.IO.Path.GetRelativePath(Repository.Root, System.IO.Path.GetFullPath(path, folder)))],
            [.. Included("PackageReference")],
            [.. values]);

        IEnumerable<string> Included(string item) => xml.Descendants(item).Attributes("Include").Select(include => include.Value.Replace('\\', '/'));
    }
}
