using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using MailMesh.Contracts;
using MailMesh.Spool;
using MailMesh.Testing;
using MassTransit.Serialization;

namespace MailMesh.Contract.Tests;

/// <summary>Version N reads what every version before it wrote: a sample of each contract by each version, and of the spool's payload.</summary>
public sealed class ContractSamplesTests
{
    private static readonly string Samples = Path.Combine(Repository.Root, "tests", "contract", "contracts", "samples");

    /// <summary>Bus and spool write JSON each in its own manner.</summary>
    private static readonly Dictionary<string, JsonSerializerOptions> Options = new()
    {
        ["bus"] = SystemTextJsonMessageSerializer.Options,
        ["spool"] = SpoolJson.Default.Options,
    };

    private static readonly Type[] Contracts =
        [.. typeof(ContractVersion).Assembly.GetExportedTypes().Where(type => type.GetField("KnownVersion") is not null)];

    public static TheoryData<string> EverySample() =>
        [.. Directory.EnumerateFiles(Samples, "*.json", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Samples, path))];

    public static TheoryData<string> EveryContract() => [.. Contracts.Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(EverySample))]
    public void Every_property_of_a_sample_is_read_as_it_was_written(string sample)
    {
        var written = Read(sample);
        var again = JsonSerializer.SerializeToNode(Deserialize(sample, written), TypeOf(sample), OptionsOf(sample));
        Assert.Empty(Differences(written, again, ""));
    }

    [Theory]
    [MemberData(nameof(EverySample))]
    public void A_property_of_a_later_version_is_ignored(string sample)
    {
        var later = Read(sample);
        later["somethingNew"] = new JsonObject { ["more"] = 1 };
        Assert.Equivalent(Deserialize(sample, Read(sample)), Deserialize(sample, later), strict: true);
    }

    [Theory]
    [MemberData(nameof(EverySample))]
    public void A_sample_without_a_version_is_of_version_1(string sample)
    {
        var first = Read(sample);
        first.Remove("version");
        Assert.Equal(1, VersionOf(Deserialize(sample, first)));
    }

    [Theory]
    [MemberData(nameof(EveryContract))]
    public void This_version_has_a_sample_of_each_contract_with_all_of_its_properties(string contract)
    {
        var sample = Path.Combine(Current, "bus", $"{contract}.json");
        Assert.True(File.Exists(Path.Combine(Samples, sample)), $"Write {sample}: a message as this version puts it on the bus, with every property set.");
        Assert.Empty(PathsOf(TypeOf(sample), "").Except(PathsOf(Read(sample), ""), StringComparer.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(EveryContract))]
    public void A_version_that_is_not_known_is_refused(string contract)
    {
        var sample = Path.Combine(Current, "bus", $"{contract}.json");
        var message = Read(sample);
        ContractVersion.Require(Deserialize(sample, message));
        foreach (var unknown in (int[])[-1, KnownVersion(TypeOf(sample)) + 1])
        {
            message["version"] = unknown;
            var refused = Assert.Throws<UnknownContractVersionException>(() => ContractVersion.Require(Deserialize(sample, message)));
            Assert.Contains(contract, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_no_contract_is_not_refused() => ContractVersion.Require("text");

    /// <summary>The version that is being built: the folder of its samples.</summary>
    private static string Current => typeof(ContractVersion).Assembly.GetName().Version!.ToString(3);

    private static Type TypeOf(string sample) => Contracts.Single(type => type.Name == Path.GetFileNameWithoutExtension(sample));

    private static JsonSerializerOptions OptionsOf(string sample) => Options[Path.GetFileName(Path.GetDirectoryName(sample)!)];

    private static JsonObject Read(string sample) => JsonNode.Parse(File.ReadAllText(Path.Combine(Samples, sample)))!.AsObject();

    private static object Deserialize(string sample, JsonObject message) => message.Deserialize(TypeOf(sample), OptionsOf(sample))!;

    private static int VersionOf(object message) => (int)message.GetType().GetProperty("Version")!.GetValue(message)!;

    private static int KnownVersion(Type type) => (int)type.GetField("KnownVersion")!.GetValue(null)!;

    /// <summary>What the sample has and the message read from it has not.</summary>
    private static IEnumerable<string> Differences(JsonNode? written, JsonNode? again, string path) => (written, again) switch
    {
        (JsonObject a, JsonObject b) => a.SelectMany(property => Differences(property.Value, b[property.Key], $"{path}.{property.Key}")),
        (JsonArray a, JsonArray b) when a.Count == b.Count => a.SelectMany((item, i) => Differences(item, b[i], $"{path}[{i}]")),
        _ when SameValue(written, again) => [],
        _ => [$"{path}: {written?.ToJsonString()} became {again?.ToJsonString() ?? "nothing"}"],
    };

    private static bool SameValue(JsonNode? written, JsonNode? again) =>
        JsonNode.DeepEquals(written, again)
        || (written is JsonValue a && again is JsonValue b && a.TryGetValue<DateTimeOffset>(out var then) && b.TryGetValue<DateTimeOffset>(out var now) && then == now);

    private static IEnumerable<string> PathsOf(JsonNode? node, string path) => node switch
    {
        JsonObject all => all.SelectMany(property => PathsOf(property.Value, $"{path}.{property.Key}").Prepend($"{path}.{property.Key}")),
        JsonArray items => items.SelectMany(item => PathsOf(item, path)),
        _ => [],
    };

    private static IEnumerable<string> PathsOf(Type type, string path) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).SelectMany(property =>
        {
            var within = property.PropertyType.IsGenericType ? property.PropertyType.GetGenericArguments()[0] : property.PropertyType;
            var here = $"{path}.{property.Name}";
            return within.Assembly == typeof(ContractVersion).Assembly && !within.IsEnum ? PathsOf(within, here).Prepend(here) : [here];
        });
}
