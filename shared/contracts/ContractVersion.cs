namespace MailMesh.Contracts;

/// <summary>The rule for a message of a version that this program does not know: it is refused, whole.</summary>
/// <remarks>
/// A property that is new has a default and raises nothing: a reader that does not know it ignores it. Where the meaning of what was there
/// changes, <c>KnownVersion</c> of the contract goes up, one release before its writers set <c>Version</c> to it.
/// </remarks>
public static class ContractVersion
{
    /// <summary>What a message has that says none.</summary>
    internal const int First = 1;

    /// <summary>To be called before a consumer sees a message; what is no contract of ours passes.</summary>
    /// <exception cref="UnknownContractVersionException">The message means something that this program does not know.</exception>
    public static void Require(object message)
    {
        var (version, known) = message switch
        {
            MessageReceived received => (received.Version, MessageReceived.KnownVersion),
            MessageVerdict verdict => (verdict.Version, MessageVerdict.KnownVersion),
            DeliverMessage deliver => (deliver.Version, DeliverMessage.KnownVersion),
            RelayMessage relay => (relay.Version, RelayMessage.KnownVersion),
            MailboxChanged changed => (changed.Version, MailboxChanged.KnownVersion),
            _ => (First, First),
        };
        if (version < First || version > known)
            throw new UnknownContractVersionException(message.GetType().Name, version, known);
    }

    /// <summary>A generated reader of JSON sets what is missing to 0, whatever the initialiser says.</summary>
    internal static int OrFirst(int version) => version == 0 ? First : version;
}
