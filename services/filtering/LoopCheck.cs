namespace MailMesh.Filtering;

/// <summary>RFC 5321 §6.3: a message with very many Received fields goes round.</summary>
public sealed class LoopCheck(FilteringOptions options) : ICheck
{
    public string Name => "loop";

    public string Version => "1";

    public Task<Finding?> CheckAsync(FilterContext context, CancellationToken cancellationToken)
    {
        var hops = context.Header.Count("Received"u8);
        if (hops <= options.MaxReceived)
            return Task.FromResult<Finding?>(null);
        return Task.FromResult<Finding?>(new Finding
        {
            Result = "fail",
            Evidence = $"{hops} Received fields, at most {options.MaxReceived}",
            Refusal = new Refusal(554, "5.4.6", "Too many hops: the message is in a loop", Undeliverable: true),
        });
    }
}
