namespace MailMesh.Hosting;

/// <summary>An engine that this process needs: database, bus or blob store.</summary>
internal interface IDependency
{
    /// <summary>As health and metrics name it.</summary>
    string Name { get; }

    /// <summary>The setting that says where it is; null for an embedded one.</summary>
    string? Setting { get; }

    /// <summary>Fails, with the reason, when it cannot be used.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}
