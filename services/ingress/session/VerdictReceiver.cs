using MailMesh.Contracts;
using MailMesh.Hosting;
using MailMesh.Spool;
using Microsoft.Extensions.Logging;

namespace MailMesh.Ingress.Session;

/// <summary>Takes the verdicts that filtering sends to this process.</summary>
internal sealed class VerdictReceiver(VerdictWaiter verdicts, IMessageIntake intake, ILogger<VerdictReceiver> log) : IReceiver<MessageVerdict>
{
    public Task ReceiveAsync(MessageVerdict message, CancellationToken cancellationToken)
    {
        if (verdicts.TryDeliver(message) || message.Disposition != Disposition.Reject)
            return Task.CompletedTask;
        // Promise 2: the 250 has gone out, so that it is too late to refuse and wrong to bounce.
        SessionLog.LateRefusal(log, message.MessageId);
        return intake.ResubmitAsync(message.MessageId, cancellationToken);
    }
}
