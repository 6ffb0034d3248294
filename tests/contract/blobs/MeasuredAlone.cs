namespace MailMesh.Contract.Tests.Blobs;

/// <summary>Tests that measure the process: beside them no other test runs.</summary>
[CollectionDefinition(nameof(MeasuredAlone), DisableParallelization = true)]
public sealed class MeasuredAlone;
