namespace MailMesh.Access.Pop3;

/// <summary>RFC 1939 §6: the update state. Only here do deletions happen.</summary>
internal static class QuitCommand
{
    public static async ValueTask RunAsync(Pop3Session session, string argument)
    {
        if (session.State is Pop3State.Transaction { Maildrop: var maildrop })
            await UpdateAsync(session, maildrop);
        else
            session.Ok("Goodbye");
        session.State = new Pop3State.Ended();
    }

    private static async Task UpdateAsync(Pop3Session session, Maildrop maildrop)
    {
        await using (maildrop) // free before the reply: the client may come again at once, to another copy
        {
            try
            {
                await maildrop.UpdateAsync();
                session.Ok("Goodbye");
            }
            catch (MaildropUnavailableException)
            {
                session.Error("[SYS/TEMP] Some deleted messages were not removed"); // RFC 1939 §6: in the words of its example
            }
        }
    }
}
