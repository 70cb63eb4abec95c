using DaprLocal.Api;
using DaprLocal.Costs;
using DaprLocal.Sidecars;
using Grpc.Core;

namespace DaprLocal.Http;

/// <summary>
/// The HTTP port of a sidecar: one table of routes. It matches case-sensitively on the unescaped segments of
/// <see cref="HttpCall.Path"/>, and so does the check of the token: there is no other notion of a path here.
/// </summary>
internal sealed partial class HttpApi(StateApi state, PubSubApi pubsub, MetadataApi metadata, InvokeRoutes invoke, TokenCheck? token, Func<ApiError?> notReady, int maxBodySize, CostModel costs, ILogger log)
{
    private readonly StateRoutes _state = new(state);
    private readonly PublishRoutes _publish = new(pubsub);

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var call = new HttpCall(context, maxBodySize);
        var needsToken = call.Path is not (["v1.0", "healthz"] or ["v1.0", "healthz", "outbound"]);
        try
        {
            if (needsToken) TraceHeaders.Add(context);
            if (needsToken && token?.Allows(context.Request) is false) await call.TextAsync("invalid api token\n", StatusCodes.Status401Unauthorized);
            else if (!call.IsPathClear) await call.ErrorAsync(ApiErrors.AmbiguousPath);
            else await RouteAsync(call);
        }
        catch (ApiException error)
        {
            await call.ErrorAsync(error.Error);
        }
        catch (Exception error) when (error is not OperationCanceledException && !context.Response.HasStarted)
        {
            RequestFailed(log, context.Request.Method, context.Request.Path, error);
            await call.ErrorAsync(new ApiError("ERR_INTERNAL", 500, StatusCode.Internal, "the sidecar failed; its log says why"));
        }
    }

    private Task RouteAsync(HttpCall call) => (call.Request.Method, call.Path) switch
    {
        ("GET", ["v1.0", "state", var store, var key]) => _state.GetAsync(call, store, key),
        ("POST" or "PUT", ["v1.0", "state", var store]) => _state.SaveAsync(call, store),
        ("DELETE", ["v1.0", "state", var store, var key]) => _state.DeleteAsync(call, store, key),
        ("POST" or "PUT", ["v1.0", "state", var store, "bulk"]) => _state.BulkGetAsync(call, store),
        ("POST" or "PUT", ["v1.0" or "v1.0-alpha1", "publish", "bulk", var name, _, ..]) => _publish.BulkPublishAsync(call, name, Rest(call, 4)),
        ("POST" or "PUT", ["v1.0", "publish", var name, _, ..]) => _publish.PublishAsync(call, name, Rest(call, 3)),
        ("GET", ["v1.0", "metadata"]) => call.JsonAsync(MetadataBody.Of(metadata)),
        ("PUT", ["v1.0", "metadata", var key]) => SetMetadataAsync(call, key),
        ("GET", ["v1.0", "healthz"]) => notReady() is { } error ? call.ErrorAsync(error) : call.EmptyAsync(),
        ("GET", ["v1.0", "healthz", "outbound"]) => call.EmptyAsync(),
        ("POST", ["v1.0", "shutdown"]) => ShutdownAsync(call),
        // Not of Dapr: what --costs has charged to all sidecars of this process.
        ("GET", ["dapr-local", "costs"]) when costs.IsOn => call.JsonAsync(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(costs.Report(), System.Text.Json.JsonSerializerOptions.Web)),
        (_, ["v1.0", "invoke", var app, "method", ..]) when call.Path.Length > 4 || call.EndsWithSlash => invoke.InvokeAsync(call, app, skip: 4),
        _ when call.Request.Headers["dapr-app-id"].ToString() is { Length: > 0 } app => invoke.InvokeAsync(call, app, skip: 0),
        var (method, path) => call.ErrorAsync(ApiErrors.NoRoute(method, "/" + string.Join('/', path))),
    };

    private static string Rest(HttpCall call, int skip) => string.Join('/', call.Path[skip..]);

    private async Task SetMetadataAsync(HttpCall call, string key)
    {
        metadata.Set(key, System.Text.Encoding.UTF8.GetString(await call.ReadBodyAsync()));
        await call.EmptyAsync();
    }

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
