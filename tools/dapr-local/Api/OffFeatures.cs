using Grpc.Core;

namespace DaprLocal.Api;

/// <summary>What a daprd without the component answers, for the building blocks that this sidecar does not have.</summary>
internal static class OffFeatures
{
    private const string NoActorStore = "the state store is not configured to use the actor runtime. Have you set the - name: actorStateStore value: \"true\" in your state store component file?";

    /// <summary>Secrets.</summary>
    public static ApiError Secrets { get; } = ApiErrors.Off("ERR_SECRET_STORES_NOT_CONFIGURED", 500, StatusCode.FailedPrecondition, "secret store is not configured");

    /// <summary>Configuration.</summary>
    public static ApiError Configuration { get; } = ApiErrors.Off("ERR_CONFIGURATION_STORE_NOT_CONFIGURED", 500, StatusCode.FailedPrecondition, "configuration stores not configured", details: true);

    /// <summary>Locks.</summary>
    public static ApiError Lock { get; } = ApiErrors.Off("ERR_LOCK_STORE_NOT_CONFIGURED", 500, StatusCode.FailedPrecondition, "lock store is not configured");

    /// <summary>Cryptography.</summary>
    public static ApiError Crypto { get; } = ApiErrors.Off("ERR_CRYPTO_PROVIDERS_NOT_CONFIGURED", 500, StatusCode.FailedPrecondition, "crypto providers not configured");

    /// <summary>State of actors.</summary>
    public static ApiError ActorState { get; } = ApiErrors.Off("ERR_ACTOR_RUNTIME_NOT_FOUND", 500, StatusCode.Internal, NoActorStore);

    /// <summary>Reminders of actors.</summary>
    public static ApiError ActorReminder { get; } = ApiErrors.Off("ERR_ACTOR_REMINDER_NON_HOSTED", 403, StatusCode.PermissionDenied, "operations on actor reminders are only possible on hosted actor types");

    /// <summary>Calls of actors.</summary>
    public static ApiError ActorAddress(string type, string id)
    {
        var message = $"failed to lookup actor: api error: code = FailedPrecondition desc = did not find address for actor '{type}/{id}'";
        return ApiErrors.Off("ERR_ACTOR_INVOKE_METHOD", 500, StatusCode.FailedPrecondition, message) with { HttpMessage = "error invoke actor method: " + message };
    }

    /// <summary>Output bindings.</summary>
    public static ApiError Binding(string name, bool hasOperation) =>
        ApiErrors.Off("ERR_INVOKE_OUTPUT_BINDING", 500, StatusCode.Internal, $"error invoking output binding {name}: {(hasOperation ? "couldn't find output binding " + name : "operation field is missing from request")}", details: true);

    /// <summary>Conversation.</summary>
    public static ApiError Conversation(string name) => ApiErrors.Off("ERR_CONVERSATION_NOT_FOUND", 400, StatusCode.InvalidArgument, $"failed finding conversation component {name}");
}
