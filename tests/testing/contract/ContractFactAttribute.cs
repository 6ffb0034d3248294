using Xunit;
using Xunit.Sdk;

namespace MailMesh.Testing;

/// <summary>A test of a contract suite: skipped in a class that has <see cref="NeedsMeshAttribute"/> where the engines of the mesh are not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("MailMesh.Testing.ContractFactDiscoverer", "MailMesh.Testing")]
public sealed class ContractFactAttribute : FactAttribute;
