namespace MailMesh.Mailstore;

/// <summary>STORE: FLAGS, +FLAGS or -FLAGS.</summary>
public sealed record FlagChange(FlagOperation Operation, SystemFlags Flags, IReadOnlyList<string> Keywords)
{
    /// <summary>What the change may touch; the other flags of a message stay as they are.</summary>
    public SettableFlags Settable { get; private init; } = SettableFlags.All;

    /// <summary>RFC 4314 §4: what is left of the change for somebody who may not set all flags; null for nothing.</summary>
    public FlagChange? Within(SettableFlags settable)
    {
        if (settable.IsAll)
            return this;
        var left = this with { Flags = Flags & settable.System, Keywords = settable.Keywords ? Keywords : [], Settable = settable };
        var touches = left.Flags != SystemFlags.None || left.Keywords.Count > 0 || (Flags == SystemFlags.None && Keywords.Count == 0);
        return settable.IsNone || (!touches && Operation != FlagOperation.Replace) ? null : left;
    }

    /// <summary>The system flags of a message after the change.</summary>
    public SystemFlags Apply(SystemFlags before) => Operation switch
    {
        FlagOperation.Add => before | Flags,
        FlagOperation.Remove => before & ~Flags,
        _ => (before & ~Settable.System) | Flags,
    };
}
