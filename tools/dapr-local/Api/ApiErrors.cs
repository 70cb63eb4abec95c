using DaprLocal.State;
using Grpc.Core;

namespace DaprLocal.Api;

/// <summary>The one table of the errors that both APIs answer, as recorded from daprd 1.18.3.</summary>
internal static class ApiErrors
{
    private static readonly IReadOnlyDictionary<string, string> Empty = new Dictionary<string, string>();

    /// <summary>A route that does not exist: daprd takes it for service invocation.</summary>
    public static ApiError NoRoute { get; } = new("ERR_DIRECT_INVOKE", 404, StatusCode.NotFound, "failed getting app id either from the URL path or the header dapr-app-id");

    /// <summary>A job without a time, which is how daprd reads every request that has none; there is no scheduler here.</summary>
    public static ApiError NoSchedule(string appId) =>
        Off("DAPR_SCHEDULER_SCHEDULE_EMPTY", 400, StatusCode.InvalidArgument, "Schedule is empty") with { Reason = Scheduler("DAPR_SCHEDULER_SCHEDULE_EMPTY", appId), HttpDetails = true };

    /// <summary>A job that does not exist; none does here.</summary>
    public static ApiError NoJob(string job, string appId) =>
        Off("DAPR_SCHEDULER_GET_JOB", 500, StatusCode.Internal, $"failed to get job due to: rpc error: code = NotFound desc = job not found: {job}") with { Reason = Scheduler("DAPR_SCHEDULER_GET_JOB", appId), HttpDetails = true };

    /// <summary>Service invocation that did not reach its callee.</summary>
    public static ApiError Invoke(string appId, string error) => new("ERR_DIRECT_INVOKE", 500, StatusCode.Internal, $"failed to invoke, id: {appId}, err: {error}");

    /// <summary>The configuration of the called app lets no other app call it.</summary>
    public static ApiError CallDenied(string appId, string caller) =>
        new("ERR_DIRECT_INVOKE", 403, StatusCode.PermissionDenied, $"failed to invoke, id: {appId}, err: its accessControl denies calls of {caller}");

    /// <summary>The sidecar waits for its app.</summary>
    public static ApiError NotReady(string what) => new("ERR_HEALTH_NOT_READY", 500, StatusCode.Unavailable, $"dapr is not ready: [{what}]");

    /// <summary>A body that cannot be understood.</summary>
    public static ApiError Malformed(string message) => new("ERR_MALFORMED_REQUEST", 400, StatusCode.InvalidArgument, message);

    /// <summary>A feature that this sidecar does not have; with <paramref name="details"/>, gRPC carries the code.</summary>
    public static ApiError Off(string code, int http, StatusCode grpc, string message, bool details = false) =>
        new(code, http, grpc, message, details ? new ErrorReason(code) : null);

    /// <summary>No state store at all; a query names no app id.</summary>
    public static ApiError NoStateStores(string store, string? appId) =>
        new("ERR_STATE_STORE_NOT_CONFIGURED", 500, StatusCode.FailedPrecondition, $"state store {store} is not configured", new("DAPR_STATE_NOT_CONFIGURED", appId is null ? null : AppId(appId))) { HttpDetails = true };

    /// <summary>Not a store of this app; a query names no app id.</summary>
    public static ApiError StateStoreNotFound(string store, string? appId) =>
        new("ERR_STATE_STORE_NOT_FOUND", 400, StatusCode.InvalidArgument, $"state store {store} is not found", new("DAPR_STATE_NOT_FOUND", appId is null ? null : AppId(appId))) { HttpDetails = true };

    /// <summary>A key that holds the separator of the stores' keys.</summary>
    public static ApiError IllegalKey(string store, string key, bool inTransaction) =>
        new("ERR_MALFORMED_REQUEST", 400, StatusCode.InvalidArgument, $"input key/keyPrefix '{key}' can't contain '||'", new("DAPR_STATE_ILLEGAL_KEY"))
        {
            HttpMessage = $"api error: code = InvalidArgument desc = input key/keyPrefix '{key}' can't contain '||'",
            HttpDetails = true,
            Resource = new("state", store),
            Field = key,
            FieldNamedInHttp = !inTransaction,
        };

    /// <summary>A save without a key over gRPC.</summary>
    public static ApiError EmptyKey { get; } = new("ERR_STATE_SAVE", 400, StatusCode.InvalidArgument, "state key cannot be empty", new("ERR_STATE_SAVE"));

    /// <summary>A state operation that failed in the store; an etag may be the cause.</summary>
    public static ApiError State(string code, string message, Exception? cause = null) => cause switch
    {
        ETagMismatchException => new(code, 409, StatusCode.Aborted, message, new(code)),
        InvalidETagException => new(code, 400, StatusCode.InvalidArgument, message, new(code)),
        _ => new(code, 500, StatusCode.Internal, message, new(code)),
    };

    /// <summary>Reading several keys failed as a whole; gRPC is told the bare text.</summary>
    public static ApiError BulkGet(string message, bool isLate) => new("ERR_STATE_BULK_GET", 500, isLate ? StatusCode.DeadlineExceeded : StatusCode.Unknown, message);

    /// <summary>A transaction that failed; daprd does not tell a conflict from anything else.</summary>
    public static ApiError Transaction(string error) =>
        new("ERR_STATE_TRANSACTION", 500, StatusCode.Internal, $"error while executing state transaction: {error}", new("ERR_STATE_TRANSACTION"));

    /// <summary>A word that is neither upsert nor delete.</summary>
    public static ApiError UnknownOperation(string operation) =>
        new("ERR_NOT_SUPPORTED_STATE_OPERATION", 400, StatusCode.Unimplemented, $"operation type {operation} not supported", new("ERR_NOT_SUPPORTED_STATE_OPERATION"));

    /// <summary>A query on a store that could answer some if it had what they need.</summary>
    public static ApiError QueryFailed(string store, string error) =>
        new("ERR_STATE_QUERY", 500, StatusCode.Internal, $"state store {store} query failed: {error}", new("DAPR_STATE_QUERY_FAILED")) { HttpDetails = true, Resource = new("state", store) };

    /// <summary>A query on a store that knows none.</summary>
    public static ApiError NoQuery(string store) =>
        new("ERR_STATE_STORE_NOT_SUPPORTED", 500, StatusCode.Internal, "state store does not support querying", new("DAPR_STATE_QUERYING_NOT_SUPPORTED")) { HttpDetails = true, Resource = new("state", store) };

    /// <summary>Not a pub/sub of this app.</summary>
    public static ApiError PubSubNotFound(string pubsub) =>
        new("ERR_PUBSUB_NOT_FOUND", 404, StatusCode.InvalidArgument, $"pubsub {pubsub} is not found", new("DAPR_PUBSUB_NOT_FOUND", Empty)) { HttpDetails = true };

    /// <summary>A publish without a name of a pub/sub.</summary>
    public static ApiError PubSubNameEmpty { get; } =
        PubSub("", "ERR_PUBSUB_EMPTY", 404, StatusCode.InvalidArgument, "pubsub name is empty", new("DAPR_PUBSUB_NAME_EMPTY", Empty));

    /// <summary>A publish without a topic.</summary>
    public static ApiError TopicEmpty(string pubsub) =>
        PubSub(pubsub, "ERR_TOPIC_NAME_EMPTY", 404, StatusCode.InvalidArgument, $"topic is empty in pubsub {pubsub}", new("DAPR_PUBSUB_TOPIC_NAME_EMPTY", Empty));

    /// <summary>Publish metadata that has no meaning.</summary>
    public static ApiError BadPublishMetadata(string pubsub, string error) =>
        PubSub(pubsub, "ERR_PUBSUB_REQUEST_METADATA", 400, StatusCode.InvalidArgument, $"failed deserializing metadata. Error: {error}", new("DAPR_PUBSUB_METADATA_DESERIALIZATION", Empty));

    /// <summary>A CloudEvent that is none.</summary>
    public static ApiError BadCloudEvent(string pubsub, string appId, string error) =>
        PubSub(pubsub, "ERR_PUBSUB_CLOUD_EVENTS_SER", 500, StatusCode.InvalidArgument, "cannot create cloudevent", Both("DAPR_PUBSUB_CLOUD_EVENT_CREATION", "appID", appId, error));

    /// <summary>A bulk entry whose event does not fit its content type.</summary>
    public static ApiError BadBulkEvent(string pubsub, string topic, string appId) =>
        PubSub(pubsub, "ERR_PUBSUB_EVENTS_SER", 400, StatusCode.InvalidArgument, $"error when marshalling cloud event envelope for topic {topic} pubsub {pubsub}: error: mismatch between contentType and event", Both("DAPR_PUBSUB_MARSHAL_ENVELOPE", "appID", appId, "error: mismatch between contentType and event"));

    /// <summary>Bulk entries without an id of their own.</summary>
    public static ApiError BadEntryId(string pubsub, string topic, string appId) =>
        PubSub(pubsub, "ERR_PUBSUB_EVENTS_SER", 400, StatusCode.InvalidArgument, $"error marshaling events to bytes for topic {topic} pubsub {pubsub}. error: entryId is duplicated or not present for entry", Both("DAPR_PUBSUB_MARSHAL_EVENTS", "appID", appId, "entryId is duplicated or not present for entry"));

    /// <summary>A bulk body that is not a list of entries.</summary>
    public static ApiError BadBulkBody(string pubsub, string topic, string appId, string error) =>
        PubSub(pubsub, "ERR_PUBSUB_EVENTS_SER", 400, StatusCode.InvalidArgument, $"error when unmarshaling the request for topic {topic} pubsub {pubsub}: {error}", new("DAPR_PUBSUB_UNMARSHAL_EVENTS", AppId(appId), AppId(appId)));

    /// <summary>A topic that the component's scopes deny to the app.</summary>
    public static ApiError TopicForbidden(string pubsub, string topic, string appId) =>
        PubSub(pubsub, "ERR_PUBSUB_FORBIDDEN", 403, StatusCode.PermissionDenied, $"topic {topic} is not allowed for app id {appId}", new("DAPR_PUBSUB_FORBIDDEN", Empty));

    /// <summary>The broker did not take the message.</summary>
    public static ApiError Publish(string pubsub, string topic, string error) =>
        PubSub(pubsub, "ERR_PUBSUB_PUBLISH_MESSAGE", 500, StatusCode.Internal, $"error when publishing to topic {topic} in pubsub {pubsub}: {error}", Both("DAPR_PUBSUB_PUBLISH_MESSAGE", "topic", topic, error));

    private static ApiError PubSub(string pubsub, string code, int http, StatusCode grpc, string message, ErrorReason reason) =>
        new(code, http, grpc, message, reason) { HttpDetails = true, Resource = new("pubsub", pubsub, message) };

    private static ErrorReason Both(string reason, string name, string value, string error)
    {
        var metadata = new Dictionary<string, string> { [name] = value, ["error"] = error };
        return new(reason, metadata, metadata);
    }

    private static ErrorReason Scheduler(string reason, string appId) => new(reason, new Dictionary<string, string> { ["appID"] = appId, ["namespace"] = "default" });

    private static Dictionary<string, string> AppId(string appId) => new() { ["appID"] = appId };
}
