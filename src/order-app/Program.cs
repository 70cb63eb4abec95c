using Dapr.Workflow;
using Microsoft.Extensions.Options;
using OrderApp;
using OrderApp.Activities;
using OrderApp.Orders;
using OrderApp.Results;
using OrderApp.Storage;
using OrderApp.Stuck;
using OrderApp.Workflows;
using OrderInventory.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.Services.AddSingleton(Options.Create(OrderOptions.From(builder.Configuration)));
builder.Services.AddSingleton<Claims>();
builder.Services.AddSingleton<OrderStore>();
builder.Services.AddSingleton<OrderMessages>();
builder.Services.AddSingleton<OrderWatch>();
builder.Services.AddSingleton<UserOrders>();
builder.Services.AddSingleton<OpenOrderStore>();
builder.Services.AddSingleton<OrderWorkflows>();
builder.Services.AddSingleton<OrderPlacement>();
builder.Services.AddSingleton<OrderCommands>();
builder.Services.AddSingleton<OrderList>();
builder.Services.AddSingleton<OrderReader>();
builder.Services.AddSingleton<StuckOrderSearch>();
builder.Services.AddHostedService<StuckOrderService>();
builder.Services.AddHybridCache(options => options.MaximumPayloadBytes = 256 * 1024);
builder.Services.AddSingleton<Telemetry>();
builder.Services.AddDaprWorkflow(options =>
{
    options.RegisterWorkflow<OrderWorkflow>();
    options.RegisterActivity<PlaceOrderActivity>();
    options.RegisterActivity<AskInventoryActivity>();
    options.RegisterActivity<TransitionOrderActivity>();
});

var app = builder.Build();
app.UseServiceDefaults();
app.MapOrderEndpoints();
app.MapOrderCommandEndpoints();
app.MapStuckOrderEndpoints();
app.MapResultSubscription();
await app.RunAsync();
