namespace MailMesh.Access.Pop3;

/// <summary>RFC 6856: UTF8 and LANG.</summary>
internal static class LanguageCommands
{
    /// <summary>RFC 6856 §2.1: from here on the client takes UTF-8, and messages go out as they are stored.</summary>
    public static ValueTask Utf8(Pop3Session session, string argument)
    {
        session.TakesUtf8 = true;
        session.Ok("UTF8 enabled");
        return ValueTask.CompletedTask;
    }

    /// <summary>RFC 6856 §3: texts are in English, which is what i-default has to be.</summary>
    public static ValueTask Lang(Pop3Session session, string argument)
    {
        var range = argument.Trim();
        if (range.Length == 0)
        {
            session.Ok("Languages follow");
            session.Connection.Write("i-default Default (English)\r\nen English\r\n.\r\n"u8);
        }
        else if (range == "*" || range.Equals("i-default", StringComparison.OrdinalIgnoreCase))
        {
            session.Ok("i-default The default language");
        }
        else if (range.Equals("en", StringComparison.OrdinalIgnoreCase) || range.StartsWith("en-", StringComparison.OrdinalIgnoreCase))
        {
            session.Ok("en English");
        }
        else
        {
            session.Error("No such language");
        }
        return ValueTask.CompletedTask;
    }
}
