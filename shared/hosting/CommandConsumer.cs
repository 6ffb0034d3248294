using MassTransit;

namespace MailMesh.Hosting;

/// <summary>Hands a command of the broker to its consumer.</summary>
internal sealed class CommandConsumer<T>(ICommandConsumer<T> consumer) : IConsumer<T>
    where T : class
{
    public Task Consume(ConsumeContext<T> context)
    {
        var isRepeated = context.ReceiveContext.Redelivered || context.TryGetPayload<Begun>(out _);
        context.ReceiveContext.GetOrAddPayload(() => new Begun());
        return consumer.ConsumeAsync(context.Message, isRepeated, context.CancellationToken);
    }

    /// <summary>Marks a delivery for the attempts after the first.</summary>
    private sealed class Begun;
}
