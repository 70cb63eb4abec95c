using OrderApp;
using OrderInventory.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.Services.AddOrders(builder.Configuration);

var app = builder.Build();
app.UseServiceDefaults();
app.MapOrders();
await app.RunAsync();
