using System.Globalization;
using Dapr.Client;
using OrderInventory.NaiveApp;

// The API of the product, as far as the load and the auditor use it, over the usual way of writing it.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:" + builder.Configuration["APP_PORT"]);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton(_ => new DaprClientBuilder().UseGrpcEndpoint("http://127.0.0.1:" + builder.Configuration["DAPR_GRPC_PORT"]).Build());
builder.Services.AddSingleton<Store>();
var app = builder.Build();

app.MapGet("/readyz", async (DaprClient dapr) => await dapr.CheckOutboundHealthAsync() ? Results.Ok() : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
app.MapPut("/api/inventory/{productId}", async (string productId, PutRequest body, Store store) => Data(await store.CreateAsync(productId, body.Total)));
app.MapGet("/api/inventory/{productId}", async (string productId, Store store) => await store.StockAsync(productId) is { } stock ? Data(stock) : Results.NotFound());
app.MapGet("/api/inventory", async (Store store, int limit = 50, int cursor = 0) =>
{
    var all = await store.ListAsync("products");
    return Page(await Task.WhenAll(all.Skip(cursor).Take(limit).Select(store.StockAsync)), cursor + limit < all.Count ? cursor + limit : null);
});
app.MapGet("/api/inventory/{productId}/operations", async (string productId, Store store, int limit = 50, long cursor = long.MaxValue) =>
{
    var entries = await store.EntriesAsync(productId, cursor, limit);
    return Page(entries, entries.Count > 0 && entries[^1].Sequence > 1 ? entries[^1].Sequence : null);
});

app.MapPost("/api/orders", async (PlaceRequest body, HttpRequest request, Store store) =>
{
    var (order, isNew) = await store.PlaceAsync(body, request.Headers["Idempotency-Key"].ToString());
    return isNew ? Results.Created("/api/orders/" + order.Id, new { success = true, message = "OK", data = View(order) }) : Data(View(order));
});
app.MapGet("/api/orders/stuck", () => Page([], null));
app.MapGet("/api/orders/{id}", async (string id, Store store) => await store.OrderAsync(id) is { } order ? Data(View(order)) : Results.NotFound());
app.MapGet("/api/orders/{id}/history", async (string id, Store store) => await store.OrderAsync(id) is { } order
    ? Data(order.Statuses.Select((status, i) => new { sequence = i + 1, oldStatus = i == 0 ? null : order.Statuses[i - 1], newStatus = status }))
    : Results.NotFound());
app.MapGet("/api/orders", async (string userId, Store store, string? idempotencyKey = null, int limit = 20, int cursor = 0) =>
{
    var all = idempotencyKey is null ? await store.ListAsync("orders-" + userId) : await store.KeyAsync(userId, idempotencyKey) is { } id ? [id] : [];
    var orders = await Task.WhenAll(all.Skip(cursor).Take(limit).Select(store.OrderAsync));
    return Page([.. orders.OfType<Order>().Select(View)], cursor + limit < all.Count ? cursor + limit : null);
});
await app.RunAsync();

static IResult Data(object data) => Results.Ok(new { success = true, message = "OK", data });

static IResult Page(IEnumerable<object?> data, long? next) => Results.Ok(new { success = true, data, nextCursor = next?.ToString(CultureInfo.InvariantCulture) });

static object View(Order order) => new
{
    order.Id,
    order.UserId,
    order.IdempotencyKey,
    Lines = new[] { new { Line = 1, order.ProductId, order.Quantity, order.Amount } },
    Status = order.Statuses[^1],
    order.CreatedTime,
    Version = order.Statuses.Length,
};
