namespace MailMesh.Database;

/// <summary>A group of scripts was taken back whole: each is to be run by itself.</summary>
internal sealed class GroupUndoneException(Exception cause) : Exception("The group was taken back.", cause);
