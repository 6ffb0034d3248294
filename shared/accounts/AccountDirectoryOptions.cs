namespace MailMesh.Accounts;

/// <summary>What the directory knows of its server.</summary>
/// <param name="Hostname">Our name: the bare &lt;postmaster&gt; is its postmaster where it is a domain of ours.</param>
public sealed record AccountDirectoryOptions(string? Hostname = null);
