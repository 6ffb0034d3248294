namespace MailMesh.Testing;

/// <summary>On the class that runs a contract suite on the mesh's engines: its tests are skipped where there are none.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsMeshAttribute : Attribute;
