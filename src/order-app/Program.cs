using OrderApp;
using OrderApp.Orders;
using OrderInventory.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
// Called here, in the app's own project, as a lambda: only so the comments of its types become descriptions.
builder.Services.AddOpenApi(options => options.DescribeOrders());
builder.Services.AddOrders(builder.Configuration);

var app = builder.Build();
app.UseServiceDefaults();
app.MapOrders();
await app.RunAsync();
