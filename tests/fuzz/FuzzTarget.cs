using System.Collections.Frozen;

namespace MailMesh.Fuzz;

/// <summary>What is fuzzed: each takes any octets and throws where the code under it broke a promise.</summary>
public static class FuzzTarget
{
    /// <summary>By the name of their folder in corpus/.</summary>
    public static readonly FrozenDictionary<string, Action<byte[]>> All = new Dictionary<string, Action<byte[]>>
    {
        ["address"] = AddressTarget.Run,
        ["command"] = CommandTarget.Run,
        ["content"] = ContentTarget.Run,
        ["data"] = DataTarget.Run,
        ["imap"] = ImapTarget.Run,
        ["mime"] = MimeTarget.Run,
        ["parameter"] = ParameterTarget.Run,
        ["pop3"] = Pop3Target.Run,
        ["proxy"] = ProxyTarget.Run,
        ["search"] = SearchTarget.Run,
        ["sequence"] = SequenceTarget.Run,
    }.ToFrozenDictionary();
}

/// <summary>A promise that an input broke.</summary>
public sealed class BrokenPromiseException : Exception
{
    public BrokenPromiseException(string message)
        : base(message)
    {
    }

    /// <summary>Throws where it does not hold.</summary>
    public static void Unless(bool holds, string promise)
    {
        if (!holds)
            throw new BrokenPromiseException(promise);
    }
}
