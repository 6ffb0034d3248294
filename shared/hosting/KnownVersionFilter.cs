using MailMesh.Contracts;
using MassTransit;

namespace MailMesh.Hosting;

/// <summary>Refuses a message of a contract version that this program does not know, before a consumer sees it.</summary>
internal sealed class KnownVersionFilter : IFilter<ConsumeContext>
{
    /// <exception cref="UnknownContractVersionException">The message means something that this program does not know.</exception>
    public Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        if (OurMessage.In(context) is { } message)
            ContractVersion.Require(message);
        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("version");
}
