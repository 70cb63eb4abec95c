using System.Net;
using System.Text.Json;
using System.Web;
using OrderInventory.Contracts;

namespace OrderInventory.Tests.Repairing;

/// <summary>What was published, and how.</summary>
internal sealed record PublishedOverHttp(string Path, string? Key, string? Id, string? Type, string? ContentType, string Json);

/// <summary>order-app's sidecar, and behind it an inventory that does what it is asked, once.</summary>
internal sealed class FakeSidecar(FakeSystem system) : HttpMessageHandler
{
    /// <summary>What the broker got.</summary>
    public List<PublishedOverHttp> Published { get; } = [];

    /// <summary>Workflows as they are answered, by path.</summary>
    public Dictionary<string, string> Workflows { get; } = [];

    /// <summary>True: nobody answers.</summary>
    public bool IsDown { get; set; }

    /// <summary>What it answers in the place of 204; null for that.</summary>
    public HttpStatusCode? Refuses { get; set; }

    /// <summary>False: inventory does not get the messages.</summary>
    public bool Delivers { get; set; } = true;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (IsDown) throw new HttpRequestException("Connection refused");
        if (Refuses is { } status) return new HttpResponseMessage(status) { Content = new StringContent("topic inventory-deduction is not allowed") };
        if (request.Method == HttpMethod.Get) return Workflows.TryGetValue(request.RequestUri!.AbsolutePath, out var state) ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(state) } : new HttpResponseMessage(HttpStatusCode.NotFound);
        var query = HttpUtility.ParseQueryString(request.RequestUri!.Query);
        var json = await request.Content!.ReadAsStringAsync(cancellationToken);
        lock (Published)
        {
            Published.Add(new PublishedOverHttp(request.RequestUri.AbsolutePath, query["metadata.partitionKey"], query["metadata.cloudevent.id"], query["metadata.cloudevent.type"], request.Content.Headers.ContentType?.ToString(), json));
            if (Delivers) Deliver(JsonSerializer.Deserialize(json, ContractsJson.Default.InventoryDeductionMessage)!);
        }

        return new HttpResponseMessage(HttpStatusCode.NoContent);
    }

    private void Deliver(InventoryDeductionMessage message)
    {
        if (system.Operations[message.ProductId].Any(operation => JsonSerializer.SerializeToElement(operation).GetProperty("operationId").GetString() == message.IdempotencyKey)) return;
        system.Record(message.ProductId, message.OrderId, message.Line, "RELEASED", message.Quantity);
    }
}
