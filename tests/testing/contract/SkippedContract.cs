using Xunit.Abstractions;
using Xunit.Sdk;

namespace MailMesh.Testing;

/// <summary>Says in a test's place why it cannot run.</summary>
internal static class SkippedContract
{
    /// <summary>Null where the test can run.</summary>
    public static IXunitTestCase? Of(IMessageSink diagnostics, ITestFrameworkDiscoveryOptions options, ITestMethod method)
    {
        var needsMesh = method.TestClass.Class.GetCustomAttributes(typeof(NeedsMeshAttribute)).Any();
        return needsMesh && EngineAddresses.Missing is { } missing
            ? new XunitSkippedDataRowTestCase(diagnostics, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method, missing)
            : null;
    }
}
