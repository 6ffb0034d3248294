namespace MailMesh.Blobs;

/// <param name="Name">The pack; references into it start with this and a dot.</param>
/// <param name="SizeBytes">Octets it takes in the store.</param>
/// <param name="WrittenAt">When it last took a record.</param>
public sealed record PackInfo(string Name, long SizeBytes, DateTimeOffset WrittenAt);
