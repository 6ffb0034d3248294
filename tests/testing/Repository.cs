namespace MailMesh.Testing;

/// <summary>Where the checkout, its built programs and the samples beside it are.</summary>
public static class Repository
{
    /// <summary>The folder of MailMesh.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Release or Debug: what these tests were built as, and so the programs that they start.</summary>
    public static string Configuration { get; } =
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    /// <summary>The built program of a service, such as MailMesh.Standalone.</summary>
    /// <exception cref="FileNotFoundException">It has not been built.</exception>
    public static string Program(string service)
    {
        var assembly = service == "cli" ? "mailmesh" : $"MailMesh.{char.ToUpperInvariant(service[0])}{service[1..]}";
        var path = Path.Combine(Root, "services", service, "bin", Configuration, "net10.0", $"{assembly}.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is not built: dotnet build -c {Configuration}", path);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MailMesh.sln")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException($"No MailMesh.sln above {AppContext.BaseDirectory}.");
    }
}
