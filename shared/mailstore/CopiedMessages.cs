namespace MailMesh.Mailstore;

/// <summary>RFC 4315 COPYUID: uid i of Source became uid i of Target.</summary>
public sealed record CopiedMessages(long UidValidity, IReadOnlyList<long> SourceUids, IReadOnlyList<long> TargetUids);
