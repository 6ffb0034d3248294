using MailMesh.Testing;

namespace MailMesh.Unit.Tests.Architecture;

/// <summary>The layout that the architecture promises; a new project that breaks it fails here.</summary>
public sealed class LayoutTests
{
    [Fact]
    public void The_services_are_those_that_the_architecture_names() => Assert.Equal(
        ["access", "admin", "cli", "filtering", "ingress", "relay", "standalone", "storage"],
        ProjectFile.Of("services").Select(project => project.Folder).Order());

    [Fact]
    public void A_service_references_no_service_but_standalone_composes_them() => AssertNone(
        from project in ProjectFile.Of("services")
        where project.Folder != "standalone"
        from reference in project.References
        where reference.StartsWith("services/", StringComparison.Ordinal)
        select $"{project.Path} references {reference}");

    [Fact]
    public void A_shared_library_references_shared_libraries_alone() => AssertNone(
        from project in ProjectFile.Of("shared")
        from reference in project.References
        where !reference.StartsWith("shared/", StringComparison.Ordinal)
        select $"{project.Path} references {reference}");

    [Fact]
    public void MassTransit_stays_in_hosting() => AssertNone(
        from project in ProjectFile.Of("shared").Concat(ProjectFile.Of("services"))
        where project.Folder != "hosting"
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, Path.GetDirectoryName(project.Path)!), "*.cs", SearchOption.AllDirectories)
        where !file.Contains("/obj/", StringComparison.Ordinal) && File.ReadAllText(file).Contains("using MassTransit", StringComparison.Ordinal)
        select $"{file} uses MassTransit");

    /// <summary>MassTransit 9 is commercial.</summary>
    [Fact]
    public void MassTransit_stays_on_its_free_version() =>
        Assert.Contains("Include=\"MassTransit\" Version=\"8.", File.ReadAllText(Path.Combine(Repository.Root, "Directory.Packages.props")), StringComparison.Ordinal);

    [Fact]
    public void A_project_is_named_after_its_folder() => AssertNone(
        from project in ProjectFile.All
        let expected = $"MailMesh.{project.Folder}{(project.Kind == "tests" && project.Folder is not ("testing" or "bench" or "fuzz") ? ".Tests" : "")}"
        where !project.Name.Equals(expected, StringComparison.OrdinalIgnoreCase) || project.Path.Split('/').Length != 3
        select $"{project.Path} should be {expected}");

    [Fact]
    public void Folder_names_of_projects_are_lower_case() => AssertNone(
        from project in ProjectFile.All
        where project.Folder.Any(char.IsUpper)
        select project.Path);

    [Fact]
    public void No_library_is_a_pile() => AssertNone(
        from project in ProjectFile.All
        where new[] { "common", "core", "utils", "util", "helpers", "misc" }.Any(pile => project.Name.Split('.').Contains(pile, StringComparer.OrdinalIgnoreCase))
        select project.Path);

    [Fact]
    public void A_service_folder_has_one_level_of_folders() => AssertNone(
        from project in ProjectFile.Of("services")
        let root = Path.Combine(Repository.Root, Path.GetDirectoryName(project.Path)!)
        from file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
        let parts = Path.GetRelativePath(root, file).Split('/')
        where parts[0] is not ("bin" or "obj") && parts.Length > 2
        select file);

    [Fact]
    public void A_program_is_a_handful_of_statements() => AssertNone(
        from project in ProjectFile.Of("services")
        let program = Path.Combine(Repository.Root, Path.GetDirectoryName(project.Path)!, "Program.cs")
        let statements = File.ReadLines(program).Count(line => line.TrimEnd().EndsWith(';') && !line.StartsWith("using ", StringComparison.Ordinal))
        where statements > 10
        select $"{program} has {statements} statements");

    [Fact]
    public void A_service_and_a_library_each_have_a_readme() => AssertNone(
        from project in ProjectFile.Of("services").Concat(ProjectFile.Of("shared"))
        let readme = Path.Combine(Repository.Root, Path.GetDirectoryName(project.Path)!, "README.md")
        where !File.Exists(readme)
        select readme);

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "MailMesh.sln")).Replace('\\', '/');
        AssertNone(
            from project in ProjectFile.All
            where !solution.Contains($"\"{project.Path}\"", StringComparison.Ordinal)
            select project.Path);
    }

    [Fact]
    public void Versions_of_packages_stand_in_one_place() => AssertNone(
        from project in ProjectFile.All
        from line in File.ReadLines(Path.Combine(Repository.Root, project.Path))
        where line.Contains("PackageReference", StringComparison.Ordinal) && line.Contains("Version=", StringComparison.Ordinal)
        select $"{project.Path}: {line.Trim()}");

    [Fact]
    public void Nothing_refers_to_what_lies_outside_the_checkout() => AssertNone(
        from project in ProjectFile.All
        from value in project.Includes.Concat(project.References)
        where value.StartsWith("../../..", StringComparison.Ordinal) || value.StartsWith('/') || value.StartsWith("..", StringComparison.Ordinal) && project.References.Contains(value)
        select $"{project.Path}: {value}");

    private static void AssertNone(IEnumerable<string> faults) => Assert.True(!faults.Any(), string.Join('\n', faults));
}
