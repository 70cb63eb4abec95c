using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DaprLocal.Tests.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace DaprLocal.Tests.Hosting;

/// <summary>The app of the recordings: it answers a call with what it saw of it, or with the status in the path, and has two subscriptions.</summary>
internal sealed class EchoApp : IAsyncDisposable
{
    private const string Subscriptions = """
        [{"pubsubname":"pubsub","topic":"orders","route":"/orders","metadata":{"x":"y"},"deadLetterTopic":"orders.dead"},
         {"pubsubname":"pubsub","topic":"ruled","route":"/d"}]
        """;

    private static readonly string[] OfTheConnection = ["host", "content-length", "user-agent", "accept-encoding", "connection"];
    private readonly WebApplication _web;

    private EchoApp(int port)
    {
        Port = port;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1));
        _web = builder.Build();
        _web.Run(HandleAsync);
    }

    public int Port { get; }

    /// <summary>Every request, as the recordings show them.</summary>
    public ConcurrentQueue<JsonObject> Requests { get; } = [];

    public static async Task<EchoApp> StartAsync()
    {
        var app = new EchoApp(RunningSidecar.FreePort());
        await app._web.StartAsync();
        return app;
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var request = new JsonObject
        {
            ["method"] = context.Request.Method,
            ["path"] = target,
            ["headers"] = new JsonObject(context.Request.Headers.Where(header => !OfTheConnection.Contains(header.Key.ToLowerInvariant()))
                .Select(header => new KeyValuePair<string, JsonNode?>(header.Key.ToLowerInvariant(), header.Value.ToString()))),
        };
        Requests.Enqueue((JsonObject)request.DeepClone());
        if (target == "/dapr/subscribe") await context.Response.WriteAsync(Subscriptions);
        else if (target == "/dapr/config") context.Response.StatusCode = 404;
        else if (target.StartsWith("/status/", StringComparison.Ordinal)) await AnswerStatusAsync(context.Response, int.Parse(target["/status/".Length..], null));
        else await EchoAsync(context, request, body.ToArray());
    }

    private static async Task AnswerStatusAsync(HttpResponse response, int status)
    {
        response.StatusCode = status;
        response.Headers["x-callee"] = "yes";
        if (status is >= 300 and < 400) response.Headers.Location = "/else";
        if (status != 304) response.ContentType = "application/json";
        if (status is not (204 or 304)) await response.WriteAsync("{\"from\":\"callee\"}");
    }

    private static async Task EchoAsync(HttpContext context, JsonObject request, byte[] body)
    {
        context.Response.Headers["x-callee"] = "yes";
        context.Response.ContentType = "application/json; charset=utf-8";
        if (body.Length > 100_000) request["bytes"] = body.Length;
        else if (body.Length > 0) request["body"] = BodyOf(body);
        if (context.Request.Method != "HEAD") await context.Response.WriteAsync(request.ToJsonString());
    }

    private static JsonNode? BodyOf(byte[] body)
    {
        try
        {
            return JsonNode.Parse(Encoding.UTF8.GetString(body));
        }
        catch (JsonException)
        {
            return new JsonObject { ["base64"] = Convert.ToBase64String(body) };
        }
    }
}
