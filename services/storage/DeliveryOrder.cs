namespace MailMesh.Storage;

/// <summary>Messages for one account go on in the order in which they came, however long the preparation of each takes; those for others wait for nobody.</summary>
internal sealed class DeliveryOrder
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Turn> _last = [];

    /// <summary>Accounts that somebody prepares a message for.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
                return _last.Count;
        }
    }

    /// <summary>Takes a message's turn for each of its accounts; disposed of when it has gone on, or failed.</summary>
    public Turn Enter(IEnumerable<long> accounts)
    {
        var turn = new Turn(this, [.. accounts.Distinct()]);
        lock (_gate)
        {
            foreach (var account in turn.Accounts)
            {
                if (_last.TryGetValue(account, out var before))
                    turn.Before.Add(before.Passed);
                _last[account] = turn;
            }
        }
        return turn;
    }

    private void Leave(Turn turn)
    {
        lock (_gate)
        {
            foreach (var account in turn.Accounts)
            {
                if (_last.TryGetValue(account, out var last) && ReferenceEquals(last, turn))
                    _last.Remove(account);
            }
        }
    }

    internal sealed class Turn(DeliveryOrder order, long[] accounts) : IDisposable
    {
        private readonly TaskCompletionSource _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public long[] Accounts { get; } = accounts;

        /// <summary>The turns right before this one: each waited for those before it.</summary>
        public List<Task> Before { get; } = [];

        public Task Passed => _passed.Task;

        /// <summary>Completes when all that came before for one of the accounts have gone on.</summary>
        public Task WaitAsync() => Task.WhenAll(Before);

        public void Dispose()
        {
            order.Leave(this);
            _passed.TrySetResult();
        }
    }
}
