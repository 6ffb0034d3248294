using MailMesh.Hosting;

namespace MailMesh.Ingress.Pickup;

/// <summary>Settings of the pickup folder, read from MAILMESH__INGRESS__PICKUP__….</summary>
internal sealed record PickupOptions
{
    /// <summary>Null: there is none.</summary>
    public string? Folder { get; init; }

    /// <summary>A sender need not be of one of our domains.</summary>
    public bool AnySender { get; init; }

    /// <exception cref="SettingException">A value is wrong.</exception>
    public static PickupOptions From(Settings settings) => new()
    {
        Folder = settings.Text("Ingress:Pickup:Folder"),
        AnySender = settings.Flag("Ingress:Pickup:AnySender", false),
    };
}
