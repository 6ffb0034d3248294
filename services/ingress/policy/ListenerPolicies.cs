using System.Collections.Frozen;
using MailMesh.Hosting;

namespace MailMesh.Ingress.Policy;

/// <summary>The policy of each listener.</summary>
internal sealed class ListenerPolicies(IReadOnlyDictionary<SmtpListener, PolicyOptions> options, PolicyEngines engines)
{
    private readonly FrozenDictionary<SmtpListener, ListenerPolicy> _policies =
        options.ToFrozenDictionary(pair => pair.Key, pair => new ListenerPolicy(pair.Key.Name, pair.Value, engines));

    /// <summary>Reads and validates the options of all listeners.</summary>
    /// <exception cref="SettingException">A value is wrong.</exception>
    public static IReadOnlyDictionary<SmtpListener, PolicyOptions> Read(Settings settings) =>
        SmtpListener.All.ToDictionary(listener => listener, listener => PolicyOptions.From(settings, listener));

    public ListenerPolicy Of(SmtpListener listener) => _policies[listener];
}
