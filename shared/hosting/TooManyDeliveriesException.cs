namespace MailMesh.Hosting;

/// <summary>A message was delivered again and again and never settled: it seems to kill whoever takes it.</summary>
internal sealed class TooManyDeliveriesException(long deliveries)
    : Exception($"The message was delivered {deliveries} times and never settled: it seems to kill its consumer.");
