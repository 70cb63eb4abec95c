using InventoryApp;
using InventoryApp.Deductions;
using InventoryApp.Stock;
using InventoryApp.Storage;
using OrderInventory.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.Services.AddSingleton<StockStore>();
builder.Services.AddSingleton<OperationArchive>();
builder.Services.AddSingleton<ProductIndex>();
builder.Services.AddSingleton<StockWriters>();
builder.Services.AddSingleton<DeductionHandler>();
builder.Services.AddSingleton<Telemetry>();

var app = builder.Build();
app.UseServiceDefaults();
app.MapStockEndpoints();
app.MapStockLists();
app.MapDeductionSubscription();
await app.RunAsync();
