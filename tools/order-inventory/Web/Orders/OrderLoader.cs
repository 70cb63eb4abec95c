using System.Text.Json;
using OrderInventory.Cli;
using OrderInventory.DeadLetters;
using OrderInventory.Judging;
using OrderInventory.Web.Products;

namespace OrderInventory.Web.Orders;

/// <summary>The sidecar of order-app, which knows its workflows.</summary>
internal sealed record WorkflowSidecar(AppClient Client);

/// <summary>Reads everything that both apps know of one order, and its workflow where a sidecar is given.</summary>
internal sealed class OrderLoader(SystemClient system, ConsoleOptions options, TimeProvider time, WorkflowSidecar? sidecar = null)
{
    private const int MaxAttempts = 3;
    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    /// <summary>All that is known of the order; null when there is none.</summary>
    public async Task<OrderModel?> LoadAsync(string id, CancellationToken cancellationToken)
    {
        if (await system.Orders.DataAsync("/api/orders/" + Escaped(id), cancellationToken) is not { } document) return null;
        for (var attempt = 1; ; attempt++)
        {
            var evidence = await ReadAllAsync(document, cancellationToken);
            // What was read of an order that moved on meanwhile does not belong together.
            var after = await system.Orders.DataAsync("/api/orders/" + Escaped(id), cancellationToken) ?? document;
            if (after.GetRawText() == document.GetRawText() || attempt == MaxAttempts) return Model(evidence);
            document = after;
        }
    }

    private OrderModel Model(OrderEvidence evidence) =>
        new(evidence.Order, evidence.Saga, OrderTimeline.Of(evidence), OrderVerdicts.Of(evidence), OrderVerdicts.Wait(evidence, system.Outages), TraceLink(evidence.Saga), [.. evidence.Missing.Order()]) { Engine = evidence.Engine, Remembered = evidence.Repeats };

    private async Task<OrderEvidence> ReadAllAsync(JsonElement document, CancellationToken cancellationToken)
    {
        var order = document.Deserialize<ShownOrder>(Json)!;
        var evidence = new OrderEvidence { Now = time.GetUtcNow(), Order = order, Document = document };
        await Task.WhenAll(
            ReadAsync(evidence, "its transitions", async () => evidence.History = (await system.Orders.DataAsync($"/api/orders/{order.Id}/history", cancellationToken))?.Deserialize(DocumentsJson.Default.TransitionDocumentArray)),
            ReadAsync(evidence, "how it was driven", async () => evidence.Saga = (await system.Orders.DataAsync($"/api/orders/{order.Id}/saga", cancellationToken))?.Deserialize<Saga>(Json)),
            ReadAsync(evidence, "what its key stands for", () => ReadKeyAsync(evidence, cancellationToken)),
            ReadAsync(evidence, "its stock operations", async () => evidence.Operations = await OperationsAsync(order, cancellationToken)),
            ReadAsync(evidence, "its products", async () => evidence.Products = [.. (await Task.WhenAll(order.Lines.Select(line => line.ProductId).Distinct().Select(product => ProductAsync(product, cancellationToken)))).OfType<ProductEvidence>()]),
            ReadOfBothAsync(evidence, "what came more than once", app => RepeatsAsync(app, order.Id, cancellationToken), (found, _) => evidence.Repeats = [.. found.OfType<RepeatsOfApp>()]),
            ReadOfBothAsync(evidence, "dead letters", app => LettersAsync(app, order, cancellationToken), (found, areAll) => (evidence.Letters, evidence.AreLettersRead) = ([.. found.SelectMany(letters => letters).OrderBy(letter => letter.RecordedTime)], areAll)));
        if (sidecar is not null && evidence.Saga?.Group is { } group) await ReadAsync(evidence, "its workflow in the engine", async () => evidence.Engine = await EngineAsync(sidecar.Client, group, cancellationToken));
        return evidence;
    }

    // The engine forgets a workflow some time after its end, and dapr-local has no such API: then there is nothing to show.
    private static async Task<EngineState?> EngineAsync(AppClient sidecar, string group, CancellationToken cancellationToken) =>
        await sidecar.GetAsync("/v1.0/workflows/dapr/" + Escaped(group), cancellationToken) is { ValueKind: JsonValueKind.Object } state ? state.Deserialize<EngineState>(Json) : null;

    // The page shows what there is: one app that is down, or a right that is lacking, hides its own part only.
    private static async Task ReadAsync(OrderEvidence evidence, string what, Func<Task> read)
    {
        try
        {
            await read();
        }
        catch (Exception error) when (error is NotAnsweredException or UnauthorizedAccessException)
        {
            lock (evidence.Missing) evidence.Missing.Add($"Not shown: {what}. {error.Message}");
        }
    }

    /// <summary>Reads the same of both apps, each for itself; <paramref name="keep"/> gets what there is, and whether that is of both.</summary>
    private async Task ReadOfBothAsync<T>(OrderEvidence evidence, string what, Func<AppClient, Task<T>> read, Action<IReadOnlyList<T>, bool> keep)
    {
        // In the same order each time: a page that is not is told to have changed.
        var found = await Task.WhenAll(new[] { system.Orders, system.Inventory }.Select(async app =>
        {
            T[] answer = [];
            await ReadAsync(evidence, $"{what}, of {app.Name}", async () => answer = [await read(app)]);
            return answer;
        }));
        keep([.. found.SelectMany(answer => answer)], found.All(answer => answer.Length > 0));
    }

    private async Task ReadKeyAsync(OrderEvidence evidence, CancellationToken cancellationToken)
    {
        var found = await system.Orders.DataAsync($"/api/orders?userId={Escaped(evidence.Order.UserId)}&idempotencyKey={Escaped(KeyText.InQuotes(evidence.Order.IdempotencyKey))}", cancellationToken);
        evidence.ByKey = found is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0 ? list[0].GetProperty("id").GetString() : null;
        evidence.IsKeyRead = true;
    }

    private async Task<IReadOnlyList<ShownOperation>> OperationsAsync(ShownOrder order, CancellationToken cancellationToken)
    {
        var lines = await Task.WhenAll(order.Lines.Select(async line =>
            (await system.Inventory.DataAsync($"/api/inventory/{Escaped(line.ProductId)}/operations?orderLine={Escaped($"{order.Id}:{line.Line}")}", cancellationToken))?
                .Deserialize<ShownOperation[]>(Json)!.Select(operation => operation with { ProductId = line.ProductId }) ?? []));
        return [.. lines.SelectMany(operations => operations).OrderBy(operation => operation.Time).ThenBy(operation => operation.Sequence)];
    }

    private async Task<ProductEvidence?> ProductAsync(string productId, CancellationToken cancellationToken)
    {
        var path = "/api/inventory/" + Escaped(productId);
        var before = await system.Inventory.DataAsync(path, cancellationToken);
        if (before is not { } stock) return null;
        var page = await system.Inventory.GetAsync($"{path}/operations?limit={OrderEvidence.ChainLength}", cancellationToken);
        var after = await system.Inventory.DataAsync(path, cancellationToken);
        var operations = page?.GetProperty("data").EnumerateArray().Select(operation => operation.Deserialize(DocumentsJson.Default.OperationDocument)! with { ProductId = productId }).ToArray() ?? [];
        var isAll = page?.GetProperty("nextCursor").GetString() is null && stock.GetRawText() == after?.GetRawText();
        return new ProductEvidence(stock.Deserialize(DocumentsJson.Default.StockDocument)!, operations, isAll);
    }

    private static async Task<RepeatsOfApp?> RepeatsAsync(AppClient app, string orderId, CancellationToken cancellationToken) =>
        (await app.DataAsync("/api/repeats/" + Escaped(orderId), cancellationToken))?.Deserialize<SeenRepeats>(Json) is { } seen ? new RepeatsOfApp(app.Name, seen) : null;

    private static async Task<Letter[]> LettersAsync(AppClient app, ShownOrder order, CancellationToken cancellationToken) =>
        [.. (await new DeadLetterClient(app).PageAsync(null, cancellationToken)).Letters.Where(letter => letter.EventId?.StartsWith(order.Id + ":", StringComparison.Ordinal) == true)];

    private string? TraceLink(Saga? saga) =>
        options.TraceLink is { } link && saga?.TraceParent?.Split('-') is [_, var trace, ..] ? link.Replace(ConsoleOptions.TraceId, trace, StringComparison.Ordinal) : null;

    private static string Escaped(string id) => Uri.EscapeDataString(id);
}
