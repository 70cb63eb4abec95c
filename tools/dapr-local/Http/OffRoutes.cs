using DaprLocal.Api;

namespace DaprLocal.Http;

/// <summary>Routes of building blocks that this sidecar does not have.</summary>
internal static class OffRoutes
{
    /// <summary>The answer of a daprd without the component; null when the route is unknown to daprd as well.</summary>
    public static ApiError? Answer(string method, string[] path, string appId) => (method, path) switch
    {
        ("GET", ["v1.0", "secrets", _, _]) => OffFeatures.Secrets,
        ("POST" or "PUT", ["v1.0", "bindings", var name]) => OffFeatures.Binding(name, hasOperation: false),
        ("GET", ["v1.0" or "v1.0-alpha1", "configuration", _, ..]) => OffFeatures.Configuration,
        ("POST", ["v1.0-alpha1", "lock", var store]) => ApiErrors.Malformed($"ExpiryInSeconds is not positive in lock store {store}"),
        ("POST", ["v1.0-alpha1", "unlock", _]) => OffFeatures.Lock,
        ("POST", ["v1.0-alpha1", "jobs", _]) => ApiErrors.NoSchedule(appId),
        ("GET", ["v1.0-alpha1", "jobs", var job]) => ApiErrors.NoJob(job, appId),
        ("GET", ["v1.0", "actors", _, _, "state", _]) => OffFeatures.ActorState,
        (_, ["v1.0", "actors", var type, var id, "method", ..]) => OffFeatures.ActorAddress(type, id),
        (_, ["v1.0", "actors", _, _, "reminders" or "timers", _]) => OffFeatures.ActorReminder,
        ("POST", ["v1.0-alpha1" or "v1.0-alpha2", "conversation", var name, "converse"]) => OffFeatures.Conversation(name),
        ("PUT", ["v1.0-alpha1", "crypto", _, "encrypt" or "decrypt"]) => OffFeatures.Crypto,
        _ => null,
    };
}
