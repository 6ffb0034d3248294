using Xunit;
using Xunit.Sdk;

namespace MailMesh.Testing;

/// <inheritdoc cref="ContractFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("MailMesh.Testing.ContractTheoryDiscoverer", "MailMesh.Testing")]
public sealed class ContractTheoryAttribute : TheoryAttribute;
