using MailMesh.Mailstore;
using MailMesh.Search;

namespace MailMesh.Access.Imap;

/// <summary>RFC 6203: what the full-text index says of the messages that a search looks into.</summary>
internal sealed class FuzzyScores
{
    private readonly Dictionary<FuzzyQuery, Dictionary<long, int>> _scores = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<long, int> _relevancy = [];

    /// <summary>Looks up a batch of messages, once for each query of the key.</summary>
    public async ValueTask LookUpAsync(TextIndex index, SearchKey key, IReadOnlyList<long> contentIds)
    {
        var queries = new List<FuzzyQuery>();
        key.Any(part =>
        {
            if (part is SearchKey.FuzzyText fuzzy)
                queries.Add(fuzzy.Query);
            return false;
        });
        _scores.Clear();
        foreach (var query in queries)
            _scores[query] = await index.ScoresAsync(query, contentIds);
    }

    /// <summary>The score by the index; null where the message is not in it yet.</summary>
    public int? Of(FuzzyQuery query, MailboxMessage message) =>
        _scores.TryGetValue(query, out var scores) && scores.TryGetValue(message.ContentId, out var score) ? score : null;

    /// <summary>RFC 6203 §4: of several fuzzy keys the best counts.</summary>
    public bool Count(MailboxMessage message, int score)
    {
        if (score > 0)
            _relevancy[message.Uid] = Math.Max(score, RelevancyOf(message));
        return score > 0;
    }

    /// <summary>From 1 to 100; 0 for a message that no fuzzy key found.</summary>
    public int RelevancyOf(MailboxMessage message) => _relevancy.GetValueOrDefault(message.Uid);
}
