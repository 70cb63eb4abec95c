using System.Collections.Concurrent;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrderInventory.Testing.Processes;

namespace OrderInventory.System.Tests.Traces;

/// <summary>A span as it was exported. Ids are hexadecimal; no parent is an empty text. Links are (trace, span).</summary>
internal sealed record Span(string Service, string Name, int Kind, string TraceId, string SpanId, string ParentId, IReadOnlyList<(string TraceId, string SpanId)> Links, IReadOnlyDictionary<string, string> Attributes);

/// <summary>Receives OTLP over HTTP and keeps the spans.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly ConcurrentQueue<Span> _spans = new();

    private Collector(WebApplication web, Uri address) => (_web, Address) = (web, address);

    public Uri Address { get; }

    public IReadOnlyCollection<Span> Spans => _spans;

    public static async Task<Collector> StartAsync()
    {
        var address = new Uri($"http://127.0.0.1:{LoopbackPorts.Free(1)[0]}");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.ToString());
        var web = builder.Build();
        var collector = new Collector(web, address);
        web.MapPost("/v1/traces", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            collector.Keep(ExportedTraces.Parser.ParseFrom(body.ToArray()));
        });
        web.MapPost("/v1/{signal}", () => Results.Ok());
        await web.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private void Keep(ExportedTraces traces)
    {
        foreach (var resource in traces.Resources)
        {
            var service = resource.Resource.Attributes.Single(attribute => attribute.Key == "service.name").Value.Text;
            foreach (var span in resource.Scopes.SelectMany(scope => scope.Spans))
                _spans.Enqueue(new Span(
                    service, span.Name, span.Kind, Hex(span.TraceId), Hex(span.SpanId), Hex(span.ParentSpanId),
                    [.. span.Links.Select(link => (Hex(link.TraceId), Hex(link.SpanId)))],
                    span.Attributes.GroupBy(attribute => attribute.Key).ToDictionary(group => group.Key, group => group.First().Value?.Text ?? "")));
        }
    }

    private static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);
}
