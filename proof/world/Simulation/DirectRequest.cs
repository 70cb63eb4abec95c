using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OrderInventory.Proof.Simulation;

/// <summary>The answer of an app; the body as JSON, null when it is empty. <paramref name="IsReplay"/>: an earlier request had the effect.</summary>
internal sealed record HttpAnswer(int Status, JsonNode? Body, bool IsReplay);

/// <summary>An HTTP request that is handed over without a network.</summary>
internal sealed class DirectRequest
{
    public static readonly IReadOnlyDictionary<string, string> NoHeaders = new Dictionary<string, string>();

    private readonly HttpResponseFeature _response = new();
    private readonly MemoryStream _body = new();

    public DirectRequest(string method, string path, byte[] body, IReadOnlyDictionary<string, string> headers, IServiceProvider services)
    {
        var request = new HttpRequestFeature { Method = method, Path = Uri.UnescapeDataString(path.Split('?')[0]), QueryString = path.Contains('?', StringComparison.Ordinal) ? path[path.IndexOf('?', StringComparison.Ordinal)..] : "", RawTarget = path, Scheme = "http", Protocol = HttpProtocol.Http11, Body = new MemoryStream(body) };
        request.Headers.Host = "localhost";
        if (body.Length > 0)
        {
            request.Headers.ContentLength = body.Length;
            request.Headers.ContentType = "application/json";
        }

        foreach (var (name, value) in headers) request.Headers[name] = value;
        Features.Set<IHttpRequestFeature>(request);
        Features.Set<IHttpResponseFeature>(_response);
        Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(_body));
        Features.Set<IHttpRequestBodyDetectionFeature>(new HasBody(body.Length > 0));
        Features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = IPAddress.Loopback });
        Features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
        Features.Set<IServiceProvidersFeature>(new Services(services));
    }

    public FeatureCollection Features { get; } = new();

    /// <summary>The answer, once the request has been handled.</summary>
    public HttpAnswer Answer() => new(_response.StatusCode, _body.Length == 0 ? null : JsonNode.Parse(_body.ToArray()), _response.Headers.ContainsKey("Idempotency-Replayed"));

    private sealed record HasBody(bool CanHaveBody) : IHttpRequestBodyDetectionFeature;

    private sealed class Services(IServiceProvider services) : IServiceProvidersFeature
    {
        public IServiceProvider RequestServices { get; set; } = services;
    }
}
