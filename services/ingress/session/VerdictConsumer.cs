using MailMesh.Contracts;
using MailMesh.Spool;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace MailMesh.Ingress.Session;

/// <summary>Takes the verdicts that filtering sends to this process.</summary>
internal sealed class VerdictConsumer(VerdictWaiter verdicts, IMessageIntake intake, ILogger<VerdictConsumer> log) : IConsumer<MessageVerdict>
{
    public async Task Consume(ConsumeContext<MessageVerdict> context)
    {
        var verdict = context.Message;
        if (verdicts.TryDeliver(verdict) || verdict.Disposition != Disposition.Reject)
            return;
        // Promise 2: the 250 has gone out, so that it is too late to refuse and wrong to bounce.
        SessionLog.LateRefusal(log, verdict.MessageId);
        await intake.ResubmitAsync(verdict.MessageId, context.CancellationToken);
    }
}
