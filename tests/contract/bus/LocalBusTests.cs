namespace MailMesh.Contract.Tests;

/// <summary>The bus of standalone.</summary>
public sealed class LocalBusTests : MessageBusContract
{
    protected override Uri? Broker => null;
}
