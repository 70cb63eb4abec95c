using InventoryApp;
using OrderInventory.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.Services.AddInventory(builder.Configuration);

var app = builder.Build();
app.UseServiceDefaults();
app.MapInventory();
await app.RunAsync();
