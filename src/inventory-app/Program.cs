using InventoryApp;
using InventoryApp.Deductions;
using InventoryApp.Stock;
using InventoryApp.Storage;
using OrderInventory.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.Services.AddSingleton<StockStore>();
builder.Services.AddSingleton<StockWriters>();
builder.Services.AddSingleton<Telemetry>();

var app = builder.Build();
app.UseServiceDefaults();
app.MapStockEndpoints();
app.MapDeductionSubscription();
await app.RunAsync();
