using Dapr.Client;
using Dapr.Workflow;
using OrderInventory.NaiveWorkflow;

// One app, one workflow for each order, three activities: as the quickstarts have it. It oversells and does not survive a crash.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:" + builder.Configuration["APP_PORT"]);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton(_ => new DaprClientBuilder().UseGrpcEndpoint("http://127.0.0.1:" + builder.Configuration["DAPR_GRPC_PORT"]).Build());
builder.Services.AddDaprWorkflow(options => options.DisableStatefulHistory = true);
var app = builder.Build();

app.MapGet("/readyz", async (DaprClient dapr) => await dapr.CheckOutboundHealthAsync() ? Results.Ok() : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
app.MapPut("/api/inventory/{productId}", async (string productId, NewStock body, DaprClient dapr) =>
{
    await dapr.SaveStateAsync(ReserveActivity.Store, "stock-" + productId, body.Total);
    return Results.Ok(new { success = true, data = body });
});
app.MapPost("/api/orders", async (Order body, DaprWorkflowClient workflows, TimeProvider time) =>
{
    var order = body with { Id = Guid.CreateVersion7(time.GetUtcNow()).ToString() };
    await workflows.ScheduleNewWorkflowAsync(nameof(OrderWorkflow), order.Id, order, startTime: DateTimeOffset.UnixEpoch);
    return Results.Json(new { success = true, data = order }, statusCode: StatusCodes.Status201Created);
});
await app.RunAsync();

namespace OrderInventory.NaiveWorkflow
{
    /// <summary>What a client sends.</summary>
    internal sealed record NewStock(long Total);

    /// <summary>An order, as it is sent and stored.</summary>
    internal sealed record Order(string Id, string UserId, string ProductId, long Quantity, decimal Amount, string Status = "PENDING");

    /// <summary>Reserve, store, tell.</summary>
    internal sealed class OrderWorkflow : Workflow<Order, string>
    {
        public override async Task<string> RunAsync(WorkflowContext context, Order input)
        {
            var isReserved = await context.CallActivityAsync<bool>(nameof(ReserveActivity), input);
            var order = input with { Status = isReserved ? "CONFIRMED" : "CANCELLED" };
            await context.CallActivityAsync<bool>(nameof(StoreActivity), order);
            await context.CallActivityAsync<bool>(nameof(TellActivity), order);
            return order.Status;
        }
    }

    internal sealed class ReserveActivity(DaprClient dapr) : WorkflowActivity<Order, bool>
    {
        public const string Store = "statestore";

        public override async Task<bool> RunAsync(WorkflowActivityContext context, Order input)
        {
            var available = await dapr.GetStateAsync<long>(Store, "stock-" + input.ProductId);
            if (available < input.Quantity) return false;
            await dapr.SaveStateAsync(Store, "stock-" + input.ProductId, available - input.Quantity);
            return true;
        }
    }

    internal sealed class StoreActivity(DaprClient dapr) : WorkflowActivity<Order, bool>
    {
        public override async Task<bool> RunAsync(WorkflowActivityContext context, Order input)
        {
            await dapr.SaveStateAsync(ReserveActivity.Store, "order-" + input.Id, input);
            return true;
        }
    }

    internal sealed class TellActivity(DaprClient dapr) : WorkflowActivity<Order, bool>
    {
        public override async Task<bool> RunAsync(WorkflowActivityContext context, Order input)
        {
            await dapr.PublishEventAsync("pubsub", "order-events", new { OrderId = input.Id, input.Status });
            return true;
        }
    }
}
