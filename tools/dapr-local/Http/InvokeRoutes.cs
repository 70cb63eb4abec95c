using System.Net;
using DaprLocal.Api;
using DaprLocal.Config;
using DaprLocal.Sidecars;
using Microsoft.AspNetCore.Http.Features;

namespace DaprLocal.Http;

/// <summary>Where an app of this process listens, whether its health check lets calls pass, and whether other apps may call it at all.</summary>
internal sealed record AppAddress(string Host, int? Port, string? Token, Func<bool> IsHealthy, bool DeniesCalls);

/// <summary>
/// Service invocation over HTTP between the apps of one process. Statuses and bodies pass unchanged; only a policy for
/// the callee makes it repeat what was not answered with 2xx or 3xx.
/// </summary>
internal sealed class InvokeRoutes(SidecarOptions options, Func<string, AppAddress?> find, HttpMessageInvoker client, TimeProvider time)
{
    private const string Here = "127.0.0.1";
    private static readonly string Namespace = Environment.GetEnvironmentVariable("NAMESPACE") is { Length: > 0 } name ? name : "default";

    /// <summary>Passes the call on to an app, without the first <paramref name="skip"/> segments of its path.</summary>
    public async Task InvokeAsync(HttpCall call, string app, int skip)
    {
        if (find(app) is not { } address) throw new ApiException(ApiErrors.Invoke(app, "no host found with the given ID"));
        // A call of one's own app does not leave the sidecar, so no rule for callers applies to it.
        if (address.DeniesCalls && app != options.AppId) throw new ApiException(ApiErrors.CallDenied(app, options.AppId));
        if (address.Port is not { } port) throw new ApiException(ApiErrors.Invoke(app, "cannot invoke local endpoint: app channel not initialized"));
        if (!address.IsHealthy()) throw new ApiException(ApiErrors.Invoke(app, "app is not in a healthy state"));
        var segments = string.Join('/', call.Path[skip..]).Split('/');
        // Behind an escaped slash, too, the client would resolve it: the app would get another path than the one that was routed.
        if (segments.Any(segment => segment is "." or "..")) throw new ApiException(ApiErrors.AmbiguousPath);
        var path = string.Join('/', segments.Select(Uri.EscapeDataString));
        var target = new UriBuilder("http", address.Host, port, path, call.Request.QueryString.Value).Uri;
        var body = await call.ReadBodyAsync();
        HttpResponseMessage response;
        try
        {
            response = await PolicyRunner.RunAsync(options.Resiliency.Apps.GetValueOrDefault(app), SendAsync, answer => (int)answer.StatusCode is < 200 or >= 400, time, call.Aborted);
        }
        catch (Exception error) when (error is HttpRequestException or TimeoutException)
        {
            throw new ApiException(ApiErrors.Invoke(app, error.Message));
        }

        using (response) await AnswerAsync(call, response);

        async Task<HttpResponseMessage> SendAsync(CancellationToken cancellationToken)
        {
            using var request = Request(call, app, target, body, address.Token);
            return await client.SendAsync(request, cancellationToken);
        }
    }

    private HttpRequestMessage Request(HttpCall call, string app, Uri target, byte[] body, string? token)
    {
        var request = new HttpRequestMessage(new HttpMethod(call.Request.Method), target);
        if (body.Length > 0 || call.Request.Headers.ContentLength is not null || call.Request.ContentType is not null) request.Content = new ByteArrayContent(body);
        foreach (var (name, values) in call.Request.Headers)
        {
            if (IsHop(name) || name.Equals("dapr-api-token", StringComparison.OrdinalIgnoreCase) || name.Equals("dapr-app-id", StringComparison.OrdinalIgnoreCase) || name.Equals("traceparent", StringComparison.OrdinalIgnoreCase)) continue;
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray())) request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        request.Headers.TryAddWithoutValidation("traceparent", TraceHeaders.ParentOf(call.Request));
        if (token is not null) request.Headers.TryAddWithoutValidation("dapr-api-token", token);
        // A call of one's own app does not leave the sidecar.
        if (app == options.AppId) return request;
        request.Headers.TryAddWithoutValidation("dapr-caller-app-id", options.AppId);
        request.Headers.TryAddWithoutValidation("dapr-caller-namespace", Namespace);
        request.Headers.TryAddWithoutValidation("dapr-callee-app-id", app);
        request.Headers.TryAddWithoutValidation("forwarded", $"for={Here};by={Here};host={Here}");
        request.Headers.TryAddWithoutValidation("x-forwarded-for", Here);
        request.Headers.TryAddWithoutValidation("x-forwarded-host", Here);
        return request;
    }

    private static async Task AnswerAsync(HttpCall call, HttpResponseMessage response)
    {
        call.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            if (!IsHop(name)) call.Response.Headers[name] = values.ToArray();
        }

        if (response.StatusCode == HttpStatusCode.NotModified) call.Response.Headers.ContentType = default;
        if (HttpMethods.IsHead(call.Request.Method) || response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified) return;
        call.Response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await response.Content.CopyToAsync(call.Response.Body, call.Aborted);
    }

    private static bool IsHop(string name) => name.ToLowerInvariant() is "connection" or "keep-alive" or "te" or "trailer" or "transfer-encoding" or "upgrade" or "host" or "proxy-authenticate" or "proxy-authorization" or "proxy-connection" or "content-length";
}
