using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Web;

namespace OrderInventory.Tests;

/// <summary>What both apps answer, made up: a system that is wrong in ways that the real one is not.</summary>
internal sealed class FakeSystem : HttpMessageHandler
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>Stock by product id: total, available, reserved.</summary>
    public Dictionary<string, (long Total, long Available, long Reserved)> Products { get; } = [];

    /// <summary>Products whose stored stock is damaged.</summary>
    public List<string> Damaged { get; } = [];

    /// <summary>Operations by product id, oldest first; their place is their number.</summary>
    public Dictionary<string, List<object>> Operations { get; } = [];

    /// <summary>Orders by id.</summary>
    public Dictionary<string, FakeOrder> Orders { get; } = [];

    /// <summary>Answers in the place of those above, by path without query.</summary>
    public ConcurrentDictionary<string, (HttpStatusCode Status, string Body)> Instead { get; } = [];

    /// <summary>Dead letters of both apps.</summary>
    public List<object> Letters { get; } = [];

    /// <summary>What the instruments show; null for an app of a version without them.</summary>
    public object? Metrics { get; set; }

    /// <summary>How store, broker and engine do; null for an app of a version that does not tell.</summary>
    public object[]? Health { get; set; }

    /// <summary>Products with most commands; null for an app of a version that does not tell.</summary>
    public object[]? Busy { get; set; }

    /// <summary>What it remembers of repeats, whatever the order; null for an app of a version that does not tell.</summary>
    public object[]? Repeats { get; set; }

    /// <summary>Called with each command on a letter, its path and body, before it is answered.</summary>
    public Action<string, string> OnCommand { get; set; } = (_, _) => { };

    /// <summary>Orders that do not come to rest.</summary>
    public List<object> Stuck { get; } = [];

    /// <summary>True: nobody answers.</summary>
    public bool IsDown { get; set; }

    /// <summary>Called with each path before it is answered.</summary>
    public Action<string> OnRequest { get; set; } = _ => { };

    /// <summary>A dependency, for <see cref="Health"/>.</summary>
    public static object Dependency(string name, string status = "WORKING", DateTimeOffset? lastError = null, string? error = null) =>
        new { name, status, lastSuccess = status == "UNKNOWN" ? (DateTimeOffset?)null : Start, lastError, error };

    /// <summary>A product, created with so many units.</summary>
    public void Create(string productId, long total)
    {
        Products[productId] = (total, total, 0);
        Operations[productId] = [Operation(1, $"set:{productId}", null, null, total, "ADJUSTED", total)];
    }

    /// <summary>What is stored of the product contradicts itself.</summary>
    public void Damage(string productId)
    {
        Damaged.Add(productId);
        Products.Remove(productId);
        var path = "/api/inventory/" + Uri.EscapeDataString(productId);
        Instead[path] = Instead[path + "/operations"] = (HttpStatusCode.InternalServerError, JsonSerializer.Serialize(new { code = "STOCK_DAMAGED", message = "What is stored is damaged.", productId }));
    }

    /// <summary>Records an operation and moves the balances as it should.</summary>
    public void Record(string productId, string orderId, int line, string outcome, long quantity)
    {
        var (total, available, reserved) = Products[productId];
        Products[productId] = outcome switch
        {
            "HELD" => (total, available - quantity, reserved + quantity),
            "RELEASED" => (total, available + quantity, reserved - quantity),
            "SHIPPED" => (total - quantity, available, reserved - quantity),
            _ => (total, available, reserved),
        };
        var kind = outcome switch { "RELEASED" => "restore", "SHIPPED" => "ship", _ => "deduct" };
        Operations[productId].Add(Operation(Operations[productId].Count + 1, $"{orderId}:{line}:{kind}", orderId, line, quantity, outcome, Products[productId].Available));
    }

    public static object Operation(long sequence, string operationId, string? orderId, int? line, long quantity, string outcome, long availableAfter) =>
        new { sequence, operationId, kind = "DEDUCT", orderId, line, quantity, success = true, outcome, availableAfter, time = Start };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        OnRequest(path);
        if (IsDown) throw new HttpRequestException("Connection refused");
        var command = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        if (request.Method == HttpMethod.Post) OnCommand(path, command);
        var (status, body) = Instead.TryGetValue(path, out var other) ? other : request.Method == HttpMethod.Post ? FakeLetters.Command(Letters, path, command) : Answer(path, HttpUtility.ParseQueryString(request.RequestUri.Query)) is { } found ? (HttpStatusCode.OK, found) : (HttpStatusCode.NotFound, "{}");
        return new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
    }

    private string? Answer(string path, System.Collections.Specialized.NameValueCollection query) => path.Split('/')[2..] switch
    {
        ["inventory"] when query["ids"] is { } ids => Page([.. ids.Split(',').Where(Products.ContainsKey).Select(id => new { productId = id, available = Products[id].Available })], query, [.. Damaged.Intersect(ids.Split(','))]),
        ["inventory"] => Page([.. Products.Keys.Select(Stock)], query, Damaged),
        ["inventory", var product] when Products.ContainsKey(Uri.UnescapeDataString(product)) => Data(Stock(Uri.UnescapeDataString(product))),
        ["inventory", var escaped, "operations"] when Uri.UnescapeDataString(escaped) is var product && Operations.ContainsKey(product) => Page([.. Enumerable.Reverse(Operations[product]).Where(operation => query["orderLine"] is not { } line || JsonSerializer.SerializeToElement(operation).GetProperty("operationId").GetString()!.StartsWith(line + ":", StringComparison.Ordinal))], query),
        ["orders", "stuck"] => Page([.. Stuck], query),
        ["orders", "waiting"] => Page([], query),
        ["health"] when Health is not null => Data(Health),
        ["busy-products"] when Busy is not null => Page([.. Busy], query),
        ["repeats", _] when Repeats is not null => Data(new { since = Start, repeats = Repeats, earlier = 7 }),
        ["metrics"] when Metrics is not null => Data(Metrics),
        ["deadletters"] => Page([.. Letters], query),
        ["deadletters", var id] when FakeLetters.Find(Letters, id) is { } letter => Data(new { letter, body = letter["body"]?.GetValue<string>() ?? "{}", canReplay = true }),
        ["orders", var id, "saga"] when Orders.TryGetValue(id, out var order) => Data(order.Saga()),
        ["orders", "recent"] => Page([.. Orders.Values.Select(order => order.View())], query),
        ["orders"] => Page([.. Orders.Values.Where(order => order.UserId == query["userId"] && query["idempotencyKey"] is null or "" || OrderInventory.Cli.KeyText.InQuotes(order.IdempotencyKey) == query["idempotencyKey"]).Select(order => order.View())], query),
        ["orders", var id] when Orders.TryGetValue(id, out var order) => Data(order.View()),
        ["orders", var id, "history"] when Orders.TryGetValue(id, out var order) => Data(order.History()),
        _ => null,
    };

    private object Stock(string product) => new { productId = product, total = Products[product].Total, available = Products[product].Available, reserved = Products[product].Reserved, version = 1 };

    private static string Page(object[] all, System.Collections.Specialized.NameValueCollection query, IReadOnlyList<string>? damaged = null)
    {
        var start = int.Parse(query["cursor"] ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        var end = start + int.Parse(query["limit"] ?? "200", System.Globalization.CultureInfo.InvariantCulture);
        return JsonSerializer.Serialize(new { success = true, damaged = start > 0 ? [] : damaged ?? [], data = all[Math.Min(start, all.Length)..Math.Min(end, all.Length)], nextCursor = end < all.Length ? end.ToString(System.Globalization.CultureInfo.InvariantCulture) : null });
    }

    private static string Data(object data) => JsonSerializer.Serialize(new { success = true, message = "OK", data });
}

/// <summary>An order that came through these statuses.</summary>
internal sealed record FakeOrder(string Id, string UserId, string IdempotencyKey, (string Product, long Quantity)[] Lines, params string[] Statuses)
{
    /// <summary>The client's note.</summary>
    public string? Remark { get; init; }

    /// <summary>What it waits for; null when it rests.</summary>
    public object? Step { get; init; }

    public object Saga() => new
    {
        orderId = Id,
        fingerprint = "f1",
        traceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        group = "g1",
        step = Step,
        waiting = Array.Empty<object>(),
        commands = Array.Empty<object>(),
        transitions = Statuses.Select((status, i) => new { sequence = i + 1, eventId = $"{Id}:{i + 1}", newStatus = status, reason = (string?)null, time = FakeSystem.Start.AddMilliseconds(250 * i), by = $"g1#{i}" }),
        stuck = (object?)null,
    };

    public object View() => new
    {
        id = Id,
        orderNo = "ORD-" + Id,
        userId = UserId,
        statusReason = (string?)null,
        amount = 10.50m,
        remark = Remark,
        updatedTime = FakeSystem.Start,
        idempotencyKey = IdempotencyKey,
        lines = Lines.Select((line, i) => new { line = i + 1, productId = line.Product, quantity = line.Quantity, amount = 1m }),
        status = Statuses[^1],
        createdTime = FakeSystem.Start,
        deadline = (DateTimeOffset?)null,
        version = Statuses.Length,
    };

    public object History() => Statuses.Select((status, i) => new { sequence = i + 1, oldStatus = i == 0 ? null : Statuses[i - 1], newStatus = status });
}
