namespace MailMesh.Filtering;

/// <summary>One thing that speaks for or against a message. A new check is one class, named in <see cref="FilteringService"/>.</summary>
public interface ICheck
{
    /// <summary>As it stands in verdicts, traces and metrics, such as spf.</summary>
    string Name { get; }

    /// <summary>Version of the check's rules: it changes when the same message may get another result.</summary>
    string Version { get; }

    /// <summary>What the check finds; null where it has nothing to say of such a message.</summary>
    /// <remarks>An exception, or more time than the message has, is a temperror without a score: no failure of a check stops mail.</remarks>
    Task<Finding?> CheckAsync(FilterContext context, CancellationToken cancellationToken);
}
