namespace MailMesh.Spool;

/// <summary>What the spool remembers of a message in work: how many commands are open, and when anything last happened to it.</summary>
/// <remarks>
/// Commands are counted, not named. After a first publication again the old and the new commands are counted together, so
/// that two settlements of one command cannot stand for those of two. A consumer may have given an old command up, though;
/// so that such a message is settled in the end, the count starts anew with the second publication again, at the
/// earliest three spans of silence after the first.
/// </remarks>
internal sealed class UnsettledMessage(DateTimeOffset now)
{
    private readonly Lock _gate = new();
    private DateTimeOffset _touched = now;
    private int _open;
    private bool _expected;
    private bool _settled;

    /// <summary>Publications after the first.</summary>
    public int Republished { get; private set; }

    public bool TouchedSince(DateTimeOffset moment)
    {
        lock (_gate)
            return _touched >= moment;
    }

    public void Expect(int commands, DateTimeOffset now)
    {
        lock (_gate)
        {
            _expected = true;
            _open += commands;
            _touched = now;
        }
    }

    /// <summary>Counts one command done.</summary>
    public void Settle(DateTimeOffset now)
    {
        lock (_gate)
        {
            _open--;
            _touched = now;
        }
    }

    /// <summary>True once: when every command is settled.</summary>
    public bool TakeSettled()
    {
        lock (_gate)
        {
            if (!_expected || _open > 0 || _settled)
                return false;
            _settled = true;
            return true;
        }
    }

    /// <summary>Its row could not be removed: settled still, to be taken again.</summary>
    public void PutBack()
    {
        lock (_gate)
            _settled = false;
    }

    /// <summary>True when nothing has happened for so long that it is to be published again; notes that it is.</summary>
    public bool TakeDue(DateTimeOffset now, SpoolOptions options)
    {
        lock (_gate)
        {
            var span = options.RepublishAfter * Math.Pow(2, Math.Min(Republished, 16));
            if (_settled || now - _touched < (span < options.RepublishAtMostEvery ? span : options.RepublishAtMostEvery))
                return false;
            if (Republished > 0)
                _open = 0;
            _expected &= Republished == 0;
            Republished++;
            _touched = now;
            return true;
        }
    }
}
