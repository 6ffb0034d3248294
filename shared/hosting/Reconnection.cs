using System.Runtime.CompilerServices;
using MassTransit;
using MassTransit.RabbitMqTransport.Configuration;
using RabbitMQ.Client.Exceptions;

namespace MailMesh.Hosting;

/// <summary>How soon MassTransit tries a broker again that is away, and for how long.</summary>
/// <remarks>
/// MassTransit 8 waits up to half a minute between two attempts, ends them for good where the broker refuses the user, and has no
/// setting for either. Work is to go on within seconds of the broker's return, and after an operator has put the user right.
/// </remarks>
internal static class Reconnection
{
    public static void Hasten(IRabbitMqBusFactoryConfigurator configure)
    {
        if (HostOf((RabbitMqBusFactoryConfigurator)configure) is RabbitMqHostConfiguration host)
            PolicyOf(host) = Retry.CreatePolicy(retry =>
            {
                retry.Handle<ConnectionException>();
                retry.Handle<AlreadyClosedException>();
                retry.Handle<EndOfStreamException>();
                retry.Handle<OperationInterruptedException>();
                retry.Exponential(int.MaxValue, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(200));
            });
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_hostConfiguration")]
    private static extern ref IRabbitMqHostConfiguration HostOf(RabbitMqBusFactoryConfigurator configure);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<ReceiveTransportRetryPolicy>k__BackingField")]
    private static extern ref IRetryPolicy PolicyOf(RabbitMqHostConfiguration host);
}
