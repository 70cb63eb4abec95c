using Dapr.Workflow;
using OrderApp;
using OrderApp.Activities;
using OrderApp.Orders;
using OrderApp.Results;
using OrderApp.Storage;
using OrderApp.Workflows;
using OrderInventory.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.Services.AddSingleton<Claims>();
builder.Services.AddSingleton<OrderStore>();
builder.Services.AddSingleton<OrderMessages>();
builder.Services.AddSingleton<OrderTransition>();
builder.Services.AddSingleton<OrderWorkflows>();
builder.Services.AddSingleton<OrderPlacement>();
builder.Services.AddSingleton<Telemetry>();
builder.Services.AddDaprWorkflow(options =>
{
    options.RegisterWorkflow<OrderWorkflow>();
    options.RegisterActivity<PlaceOrderActivity>();
    options.RegisterActivity<ReleaseStockActivity>();
    options.RegisterActivity<ConfirmOrderActivity>();
    options.RegisterActivity<CancelOrderActivity>();
});

var app = builder.Build();
app.UseServiceDefaults();
app.MapOrderEndpoints();
app.MapResultSubscription();
await app.RunAsync();
