using System.Globalization;
using DaprLocal.Hosting;

namespace DaprLocal.Sample;

/// <summary>Places one order through the public API of the two apps and prints what happens to it, as it happens.</summary>
internal sealed class SampleOrder : IDisposable
{
    private const int MaxPolls = 300;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenPolls = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _orders;
    private readonly HttpClient _inventory;
    private readonly Terminal _terminal;
    private readonly TimeProvider _time;
    private readonly SampleApi _api;
    private readonly MessageLog _messages;
    private readonly HashSet<string> _shown = new(StringComparer.Ordinal);

    /// <summary>A sample against the apps at the two addresses; <paramref name="messages"/> is told what is published.</summary>
    public SampleOrder(Uri orders, Uri inventory, MessageLog messages, Terminal terminal, TimeProvider time)
    {
        _orders = LoopbackHttp.Create(orders, Limit);
        _inventory = LoopbackHttp.Create(inventory, Limit);
        (_messages, _terminal, _time) = (messages, terminal, time);
        _api = new SampleApi(_orders, _inventory);
    }

    /// <summary>The sample, if the run has the apps it is for.</summary>
    public static SampleOrder? For(RunPlan plan, MessageLog messages, Terminal terminal, TimeProvider time)
    {
        Uri? UrlOf(string appId) => plan.Apps.FirstOrDefault(app => app.App.AppId == appId)?.Url;
        return UrlOf("order-app") is { } orders && UrlOf("inventory-app") is { } inventory
            ? new SampleOrder(orders, inventory, messages, terminal, time)
            : null;
    }

    /// <summary>Runs the sample; a failure is told, and the apps stay up.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            var created = await _api.EnsureProductAsync(stop);
            _terminal.Line("sample ", $"one order of {SampleApi.Product} ({(created ? "created now, 100 in stock" : "already in stock")})");
            var asked = _time.GetUtcNow();
            var order = await _api.PlaceAsync(stop);
            if (order.Replayed)
                await ShowReplayAsync(order, asked, stop);
            else
                await ShowNewAsync(order, asked, stop);
            SuggestNext(order.Id);
        }
        catch (Exception exception) when (exception is HttpRequestException or System.Text.Json.JsonException or KeyNotFoundException
            || (exception is OperationCanceledException && !stop.IsCancellationRequested))
        {
            _terminal.Error($"the sample order failed: {exception.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _orders.Dispose();
        _inventory.Dispose();
    }

    private async Task ShowNewAsync(PlacedOrder order, DateTimeOffset asked, CancellationToken stop)
    {
        Show("claim", $"order {order.Id} accepted ({order.HttpStatus})", _time.GetUtcNow(), asked);
        if (await FollowAsync(order, asked, stop) is { } problem)
            _terminal.Error($"{problem}; look at the lines of the apps above");
    }

    private async Task ShowReplayAsync(PlacedOrder order, DateTimeOffset asked, CancellationToken stop)
    {
        _terminal.Line("  same order ", $"{order.Id} ({order.HttpStatus}, Idempotency-Replayed: true): this key was used before, and the order is read from durable state");
        foreach (var entry in await _api.HistoryAsync(order.Id, stop))
        {
            _shown.Add(KeyOf(entry));
            _terminal.Line($"  {entry.Time.ToLocalTime():yyyy-MM-dd HH:mm:ss.fff} ", Describe(entry));
        }
        // It may have been on its way when the last run ended: then it goes on now.
        if (order.Status == "PENDING" && await FollowAsync(order, asked, stop) is { } problem)
            _terminal.Error($"{problem}; look at the lines of the apps above");
    }

    // Null once the order left PENDING, else what is known when patience ends.
    private async Task<string?> FollowAsync(PlacedOrder order, DateTimeOffset asked, CancellationToken stop)
    {
        var status = order.Status;
        for (var poll = 0; poll < MaxPolls && _time.GetUtcNow() - asked < Limit; poll++)
        {
            var history = await _api.HistoryAsync(order.Id, stop);
            var news = history.Select(entry => (Key: KeyOf(entry), Label: entry.NewStatus, Text: Describe(entry), entry.Time))
                .Concat(_messages.Of(order.Id).Select(message => (Key: message.Text, Label: "message", message.Text, message.Time)))
                .Where(item => _shown.Add(item.Key))
                .OrderBy(item => item.Time);
            foreach (var item in news)
                Show(item.Label, item.Text, item.Time, asked);

            status = history.Count > 0 ? history[^1].NewStatus : status;
            if (status == "CONFIRMED")
                return null;
            if (status is "CANCELLED" or "REFUNDED")
                return $"order {order.Id} became {status} ({history[^1].Reason ?? "no reason given"})";
            await Task.Delay(BetweenPolls, _time, stop);
        }
        return $"order {order.Id} is not CONFIRMED after {Limit.TotalSeconds:0} s: it is {status}, and {(_messages.Of(order.Id) is { Count: > 0 } seen
            ? $"the last message seen is '{seen[^1].Text}'" : "no message of it was published")}";
    }

    private void Show(string label, string text, DateTimeOffset when, DateTimeOffset asked)
    {
        var milliseconds = Math.Max(0, (when - asked).TotalMilliseconds);
        _terminal.Line(string.Create(CultureInfo.InvariantCulture, $"  +{milliseconds,7:0.0} ms  {label,-10} "), text);
    }

    private static string KeyOf(HistoryEntry entry) => entry.Sequence.ToString(CultureInfo.InvariantCulture);

    private static string Describe(HistoryEntry entry) =>
        $"{entry.OldStatus ?? "(new)"} → {entry.NewStatus}{(entry.Reason is { Length: > 0 } reason ? $" ({reason})" : "")}";

    private void SuggestNext(string orderId)
    {
        var (orders, inventory) = (_orders.BaseAddress!, _inventory.BaseAddress!);
        _terminal.Line();
        _terminal.Line("try next");
        _terminal.Line($"  curl -s {orders}api/orders/{orderId}/history");
        _terminal.Line($"  curl -s {inventory}api/inventory/{SampleApi.Product}");
        _terminal.Line($"  curl -si {orders}api/orders -H 'Content-Type: application/json' -H 'Idempotency-Key: try-1' -d '{{\"userId\":\"me\",\"productId\":\"{SampleApi.Product}\",\"quantity\":2,\"amount\":85}}'");
    }
}
