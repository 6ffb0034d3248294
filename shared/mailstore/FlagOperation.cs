namespace MailMesh.Mailstore;

public enum FlagOperation
{
    Replace,
    Add,
    Remove,
}
