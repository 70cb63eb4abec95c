using System.Net.Http.Json;
using System.Text.Json;
using InventoryApp.Changes;
using Microsoft.Extensions.DependencyInjection;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults;
using OrderInventory.Testing;

namespace InventoryApp.Tests;

/// <summary>inventory-app that tells of recorded operations, on a store and a broker in this process.</summary>
public abstract class ToldTest : IDisposable
{
    private protected ToldTest()
    {
        App = new InventoryApi { Time = Time, Settings = { ["Inventory:PublishStockChanges"] = "true" } };
        Http = App.CreateClient();
    }

    private protected InstantTime Time { get; } = new();

    private protected InventoryApi App { get; }

    private protected HttpClient Http { get; }

    public void Dispose()
    {
        App.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What was told, in its order, repeats included.</summary>
    private protected IReadOnlyList<StockChange> Told =>
        [.. App.Events.Published.Where(published => published.Topic == Topics.StockChanges).Select(published => JsonSerializer.Deserialize(published.Event.Data.Span, ContractsJson.Default.StockChange)!)];

    private protected IReadOnlyList<string> Ids => [.. Told.Select(change => EventIds.StockChange(change.ProductId, change.Sequence))];

    /// <summary>Operations that notes name.</summary>
    private protected int Noted => App.State.Values("untold:").Values.Sum(document =>
        JsonElement.Parse(document).GetProperty("notes").EnumerateArray().Sum(note => note.GetProperty("operations").GetArrayLength()));

    private protected Task<HttpResponseMessage> PutAsync(string productId, long total) => Http.PutAsJsonAsync("/api/inventory/" + productId, new { total });

    private protected Task<HttpResponseMessage> RestockAsync(string productId, long quantity) => Http.PostAsJsonAsync($"/api/inventory/{productId}/restock", new { quantity });

    private protected Task NothingNotedAsync() => Eventually.TrueAsync(() => Noted == 0, "nothing is noted any more");

    private protected Task ToldAsync(int count) => Eventually.TrueAsync(() => Told.Count >= count, $"{count} changes are told");

    /// <summary>The rounds have tried to tell, and the broker did not take it: an answer does not wait for that.</summary>
    private protected Task NotTakenAsync(int count) => Eventually.TrueAsync(() => App.Events.NotTaken >= count, $"{count} changes are not taken");

    /// <summary>The look of a replica, so much time after the test began.</summary>
    private protected async Task LookAsync(TimeSpan? after = null)
    {
        Time.Passed = after ?? UntoldLook.TellAfter;
        try
        {
            await App.Services.GetRequiredService<UntoldLook>().LookAsync(CancellationToken.None);
        }
        catch (DependencyUnavailableException)
        {
            // As the service that looks: the next look goes on.
        }
    }
}
