using DaprLocal.Api;

namespace DaprLocal.Http;

/// <summary>
/// The HTTP port of a sidecar: one table of routes. It matches case-sensitively on unescaped segments and takes
/// everything unknown for service invocation, as daprd does and ASP.NET routing does not.
/// </summary>
internal sealed partial class HttpApi(StateApi state, PubSubApi pubsub, MetadataApi metadata, WorkflowApi? workflows, InvokeRoutes invoke, Func<ApiError?> notReady, int maxBodySize, ILogger log)
{
    private readonly StateRoutes _state = new(state);
    private readonly PublishRoutes _publish = new(pubsub);
    private readonly WorkflowRoutes _workflows = new(workflows);

    /// <summary>True for the two routes that need no API token.</summary>
    public static bool IsOpen(PathString path) => path.Value is "/v1.0/healthz" or "/v1.0/healthz/outbound";

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        if (HttpCall.Create(context, maxBodySize) is not { } call)
        {
            context.Response.StatusCode = 400;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync("400 Bad Request", context.RequestAborted);
            return;
        }

        try
        {
            await RouteAsync(call);
        }
        catch (ApiException error)
        {
            await call.ErrorAsync(error.Error);
        }
        catch (Exception error) when (error is not OperationCanceledException && !context.Response.HasStarted)
        {
            RequestFailed(log, context.Request.Method, context.Request.Path, error);
            await call.ErrorAsync(new ApiError("ERR_INTERNAL", 500, global::Grpc.Core.StatusCode.Internal, "the sidecar failed; its log says why"));
        }
    }

    private Task RouteAsync(HttpCall call) => (call.Request.Method, call.Path) switch
    {
        ("GET", ["v1.0", "state", var store, var key]) => _state.GetAsync(call, store, key),
        ("POST" or "PUT", ["v1.0", "state", var store]) => _state.SaveAsync(call, store),
        ("DELETE", ["v1.0", "state", var store, var key]) => _state.DeleteAsync(call, store, key),
        ("POST" or "PUT", ["v1.0", "state", var store, "bulk"]) => _state.BulkGetAsync(call, store),
        ("POST" or "PUT", ["v1.0", "state", var store, "transaction"]) => _state.TransactAsync(call, store),
        ("POST" or "PUT", ["v1.0-alpha1", "state", var store, "query"]) => _state.QueryAsync(call, store),
        ("POST" or "PUT", ["v1.0" or "v1.0-alpha1", "publish", "bulk", var name, _, ..]) => _publish.BulkPublishAsync(call, name, Rest(call, 4)),
        ("POST" or "PUT", ["v1.0", "publish", var name, _, ..]) => _publish.PublishAsync(call, name, Rest(call, 3)),
        var (method, path) when path is ["v1.0" or "v1.0-beta1" or "v1.0-alpha1", "workflows", _, ..] && _workflows.Find(method, path[3..]) is { } handle => handle(call),
        ("GET", ["v1.0", "metadata"]) => call.JsonAsync(MetadataBody.Of(metadata.Snapshot())),
        ("PUT", ["v1.0", "metadata", var key]) => SetMetadataAsync(call, key),
        ("GET", ["v1.0", "healthz"]) => HealthAsync(call),
        ("GET", ["v1.0", "healthz", "outbound"]) => call.EmptyAsync(),
        ("POST", ["v1.0", "shutdown"]) => ShutdownAsync(call),
        (_, ["v1.0", "invoke", _, "method"]) when !call.EndsWithSlash => call.ErrorAsync(ApiErrors.NoRoute),
        (_, ["v1.0", "invoke", var app, "method", ..]) => invoke.InvokeAsync(call, app, skip: 4),
        _ when call.Request.Headers["dapr-app-id"].ToString() is { Length: > 0 } app => invoke.InvokeAsync(call, app, skip: 0),
        _ => call.ErrorAsync(OffRoutes.Answer(call.Request.Method, call.Path, pubsub.AppId) ?? ApiErrors.NoRoute),
    };

    private static string Rest(HttpCall call, int skip) => string.Join('/', call.Path[skip..]);

    private async Task SetMetadataAsync(HttpCall call, string key)
    {
        var body = await call.ReadBodyAsync() ?? throw new ApiException(ApiErrors.Malformed("stream too large"));
        metadata.Set(key, System.Text.Encoding.UTF8.GetString(body));
        await call.EmptyAsync();
    }

    private Task HealthAsync(HttpCall call) => notReady() is { } error ? call.ErrorAsync(error) : call.EmptyAsync();

    private Task ShutdownAsync(HttpCall call)
    {
        call.Response.OnCompleted(() =>
        {
            metadata.RequestShutdown();
            return Task.CompletedTask;
        });
        return call.EmptyAsync();
    }

    [LoggerMessage(211, LogLevel.Error, "{Method} {Path} failed inside the sidecar")]
    private static partial void RequestFailed(ILogger log, string method, PathString path, Exception error);
}
