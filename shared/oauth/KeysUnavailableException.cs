namespace MailMesh.OAuth;

/// <summary>The issuer's keys cannot be had now: a token may be good, and nobody can tell. A temporary failure.</summary>
public sealed class KeysUnavailableException() : IOException("The keys of the token's issuer cannot be had now");
