namespace MailMesh.Access.Imap;

/// <summary>RFC 5256 §4 THREAD reply.</summary>
internal static class ThreadReply
{
    public static async ValueTask WriteAsync(ImapWriter writer, IReadOnlyList<ThreadNode> threads, bool byUid)
    {
        writer.InReply = true;
        writer.Write("* THREAD"u8);
        if (threads.Count > 0)
            writer.Write(' ');
        // What is still to be written, the next on top; null closes a list. Not recursive, since threads may be deep.
        var ahead = new Stack<ThreadNode?>();
        foreach (var thread in threads)
        {
            ahead.Push(thread);
            while (ahead.TryPop(out var node))
            {
                if (node is null)
                    writer.Write(')');
                else
                    WriteList(writer, node, byUid, ahead);
                await writer.FlushIfLargeAsync();
            }
        }
        writer.CrLf();
        writer.InReply = false;
    }

    /// <summary>thread-list: a message and those after it while there is one; several that answer it are lists of their own.</summary>
    private static void WriteList(ImapWriter writer, ThreadNode node, bool byUid, Stack<ThreadNode?> ahead)
    {
        writer.Write('(');
        for (var isFirst = true; node.Message is { } message; isFirst = false)
        {
            if (!isFirst)
                writer.Write(' ');
            writer.Write(byUid ? message.Message.Uid : message.Sequence);
            if (node.Children.Count != 1)
                break;
            node = node.Children[0];
        }
        if (!node.IsDummy && node.Children.Count > 1)
            writer.Write(' ');
        ahead.Push(null);
        for (var i = node.Children.Count - 1; i >= 0; i--)
            ahead.Push(node.Children[i]);
    }
}
