using System.Net;
using DaprLocal.Api;
using Microsoft.AspNetCore.Http.Features;

namespace DaprLocal.Http;

/// <summary>Where an app of this process listens.</summary>
internal sealed record AppAddress(string Host, int? Port, string? Token);

/// <summary>Service invocation over HTTP between the apps of one process. Statuses and bodies pass unchanged, nothing is retried.</summary>
internal sealed class InvokeRoutes(string appId, Func<string, AppAddress?> find, HttpMessageInvoker client)
{
    /// <summary>Passes the call on to an app, without the first <paramref name="skip"/> segments of its path.</summary>
    public async Task InvokeAsync(HttpCall call, string app, int skip)
    {
        if (find(app) is not { } address) throw new ApiException(ApiErrors.Invoke(app, "no host found with the given ID"));
        if (address.Port is not { } port) throw new ApiException(ApiErrors.Invoke(app, "cannot invoke local endpoint: app channel not initialized"));
        var path = string.Join('/', string.Join('/', call.Path[skip..]).Split('/').Select(Uri.EscapeDataString));
        using var request = new HttpRequestMessage(new HttpMethod(call.Request.Method), new UriBuilder("http", address.Host, port, path, call.Request.QueryString.Value).Uri);
        var body = await call.ReadBodyAsync() ?? throw new ApiException(ApiErrors.Invoke(app, "stream too large"));
        if (body.Length > 0 || call.Request.Headers.ContentLength is not null) request.Content = new ByteArrayContent(body);
        foreach (var (name, values) in call.Request.Headers)
        {
            if (IsHop(name) || name.Equals("dapr-api-token", StringComparison.OrdinalIgnoreCase) || name.Equals("dapr-app-id", StringComparison.OrdinalIgnoreCase)) continue;
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray())) request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        request.Headers.TryAddWithoutValidation("dapr-caller-app-id", appId);
        request.Headers.TryAddWithoutValidation("dapr-callee-app-id", app);
        if (address.Token is not null) request.Headers.TryAddWithoutValidation("dapr-api-token", address.Token);
        HttpResponseMessage response;
        try
        {
            response = await client.SendAsync(request, call.Aborted);
        }
        catch (HttpRequestException error)
        {
            throw new ApiException(ApiErrors.Invoke(app, error.Message));
        }

        using (response) await AnswerAsync(call, response);
    }

    private static async Task AnswerAsync(HttpCall call, HttpResponseMessage response)
    {
        call.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
        {
            if (!IsHop(name)) call.Response.Headers[name] = values.ToArray();
        }

        if (HttpMethods.IsHead(call.Request.Method) || response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotModified) return;
        call.Response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await response.Content.CopyToAsync(call.Response.Body, call.Aborted);
    }

    private static bool IsHop(string name) => name.ToLowerInvariant() is "connection" or "keep-alive" or "te" or "trailer" or "transfer-encoding" or "upgrade" or "host" or "proxy-authenticate" or "proxy-authorization" or "proxy-connection" or "content-length";
}
