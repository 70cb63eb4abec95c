using DaprLocal.State;
using Grpc.Core;

namespace DaprLocal.Api;

/// <summary>The one table of the errors that both APIs answer; codes and statuses are daprd's.</summary>
internal static class ApiErrors
{
    private const string BadEvents = "ERR_PUBSUB_EVENTS_SER";

    /// <summary>A route that dapr-local does not have.</summary>
    public static ApiError NoRoute(string method, string path) =>
        new("ERR_DIRECT_INVOKE", 404, StatusCode.NotFound, $"dapr-local has no {method} {path}; it serves state, publish, invoke, metadata, healthz and shutdown");

    /// <summary>A path whose segments another reader could take for other ones.</summary>
    public static ApiError AmbiguousPath { get; } = new("ERR_MALFORMED_REQUEST", 400, StatusCode.InvalidArgument, "the path has broken escapes, or segments that are '.' or '..'");

    /// <summary>Service invocation that did not reach its callee.</summary>
    public static ApiError Invoke(string appId, string error) => new("ERR_DIRECT_INVOKE", 500, StatusCode.Internal, $"failed to invoke, id: {appId}, err: {error}");

    /// <summary>The configuration of the called app lets no other app call it.</summary>
    public static ApiError CallDenied(string appId, string caller) =>
        new("ERR_DIRECT_INVOKE", 403, StatusCode.PermissionDenied, $"failed to invoke, id: {appId}, err: its accessControl denies calls of {caller}");

    /// <summary>The sidecar waits for its app.</summary>
    public static ApiError NotReady(string what) => new("ERR_HEALTH_NOT_READY", 500, StatusCode.Unavailable, $"dapr is not ready: [{what}]");

    /// <summary>A body that cannot be understood.</summary>
    public static ApiError Malformed(string message) => new("ERR_MALFORMED_REQUEST", 400, StatusCode.InvalidArgument, message);

    /// <summary>No state store at all.</summary>
    public static ApiError NoStateStores(string store) => new("ERR_STATE_STORE_NOT_CONFIGURED", 500, StatusCode.FailedPrecondition, $"state store {store} is not configured");

    /// <summary>Not a store of this app.</summary>
    public static ApiError StateStoreNotFound(string store) => new("ERR_STATE_STORE_NOT_FOUND", 400, StatusCode.InvalidArgument, $"state store {store} is not found");

    /// <summary>A key that holds the separator of the stores' keys.</summary>
    public static ApiError IllegalKey(string key) => Malformed($"input key/keyPrefix '{key}' can't contain '||'");

    /// <summary>A save without a key over gRPC.</summary>
    public static ApiError EmptyKey { get; } = new("ERR_STATE_SAVE", 400, StatusCode.InvalidArgument, "state key cannot be empty");

    /// <summary>A state operation that failed in the store; an etag may be the cause.</summary>
    public static ApiError State(string code, string message, Exception? cause = null) => cause switch
    {
        ETagMismatchException => new(code, 409, StatusCode.Aborted, message),
        InvalidETagException => new(code, 400, StatusCode.InvalidArgument, message),
        _ => new(code, 500, StatusCode.Internal, message),
    };

    /// <summary>Reading several keys failed as a whole.</summary>
    public static ApiError BulkGet(string message, bool isLate) => new("ERR_STATE_BULK_GET", 500, isLate ? StatusCode.DeadlineExceeded : StatusCode.Unknown, message);

    /// <summary>Not a pub/sub of this app.</summary>
    public static ApiError PubSubNotFound(string pubsub) => new("ERR_PUBSUB_NOT_FOUND", 404, StatusCode.InvalidArgument, $"pubsub {pubsub} is not found");

    /// <summary>A publish without a name of a pub/sub.</summary>
    public static ApiError PubSubNameEmpty { get; } = new("ERR_PUBSUB_EMPTY", 404, StatusCode.InvalidArgument, "pubsub name is empty");

    /// <summary>A publish without a topic.</summary>
    public static ApiError TopicEmpty(string pubsub) => new("ERR_TOPIC_NAME_EMPTY", 404, StatusCode.InvalidArgument, $"topic is empty in pubsub {pubsub}");

    /// <summary>Publish metadata that has no meaning.</summary>
    public static ApiError BadPublishMetadata(string error) => new("ERR_PUBSUB_REQUEST_METADATA", 400, StatusCode.InvalidArgument, $"failed deserializing metadata. Error: {error}");

    /// <summary>A CloudEvent that is none.</summary>
    public static ApiError BadCloudEvent(string error) => new("ERR_PUBSUB_CLOUD_EVENTS_SER", 500, StatusCode.InvalidArgument, $"cannot create cloudevent: {error}");

    /// <summary>A bulk entry whose event does not fit its content type.</summary>
    public static ApiError BadBulkEvent(string topic) => new(BadEvents, 400, StatusCode.InvalidArgument, $"an event for topic {topic} does not fit its contentType");

    /// <summary>Bulk entries without an id of their own.</summary>
    public static ApiError BadEntryId(string topic) => new(BadEvents, 400, StatusCode.InvalidArgument, $"the entryId of an event for topic {topic} is duplicated or not present");

    /// <summary>A bulk body that is not a list of entries.</summary>
    public static ApiError BadBulkBody(string topic, string error) => new(BadEvents, 400, StatusCode.InvalidArgument, $"the events for topic {topic} cannot be read: {error}");

    /// <summary>A topic that the component's scopes deny to the app.</summary>
    public static ApiError TopicForbidden(string topic, string appId) => new("ERR_PUBSUB_FORBIDDEN", 403, StatusCode.PermissionDenied, $"topic {topic} is not allowed for app id {appId}");

    /// <summary>The broker did not take the message.</summary>
    public static ApiError Publish(string pubsub, string topic, string error) => new("ERR_PUBSUB_PUBLISH_MESSAGE", 500, StatusCode.Internal, $"error when publishing to topic {topic} in pubsub {pubsub}: {error}");
}
