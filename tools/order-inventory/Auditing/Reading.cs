using System.Text.Json;
using OrderInventory.Judging;

namespace OrderInventory.Auditing;

/// <summary>A finding of one reading, with the documents that show it.</summary>
internal sealed record Suspicion(Finding Finding, IReadOnlyDictionary<string, string> Documents);

/// <summary>
/// Reads the system once and judges what it read: first inventory, product by product, then each order. In memory are one
/// page of operations, one batch of orders, and the suspicions, of which there are at most <see cref="MaxSuspicions"/>.
/// <paramref name="suspected"/>: what an earlier reading found; then only that is read again. Null: everything.
/// </summary>
internal sealed class Reading(SystemReader system, AuditOptions options, TimeProvider time, Action<Reading> onProgress, IReadOnlyList<Suspicion>? suspected = null) : IDisposable
{
    /// <summary>After so many it stops looking for more: the system is broken enough.</summary>
    public const int MaxSuspicions = 1_000;

    private const int OrdersAtOnce = 200;
    private const int MaxParallelReads = 16;

    // A key that is about to be forgotten may be gone when it is looked up.
    private static readonly TimeSpan KeyMargin = TimeSpan.FromMinutes(10);

    private readonly Stage _stage = new(addsOrders: suspected is null);
    private readonly Dictionary<string, DateTimeOffset> _stuck = [];

    /// <summary>Products whose operations were read.</summary>
    public long Products { get; private set; }

    /// <summary>Operations that were read.</summary>
    public long Operations { get; private set; }

    /// <summary>Orders that were read.</summary>
    public long Orders => _stage.Orders;

    /// <summary>Those of them that order-app does not know.</summary>
    public long MissingOrders => _stage.MissingOrders;

    /// <summary>Users whose orders are known.</summary>
    public long Users => _stage.Users;

    /// <summary>Orders on their way to another status, for no longer than they may.</summary>
    public long OnTheirWay { get; private set; }

    /// <summary>What looks wrong.</summary>
    public List<Suspicion> Suspicions { get; } = [];

    /// <summary>What could not be judged in this reading, in words.</summary>
    public List<string> NotSeen { get; } = [];

    /// <summary>Reads everything that can be found, or only what was suspected, and judges it.</summary>
    public Task ReadAsync(CancellationToken cancellationToken) => suspected is null ? ReadAllAsync(cancellationToken) : ReadSuspectedAsync(suspected, cancellationToken);

    public void Dispose() => _stage.Dispose();

    private async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        await ReadStuckAsync(cancellationToken);
        foreach (var user in options.Users) _stage.AddUser(user);
        await ListOrdersAsync(cancellationToken);
        try
        {
            await foreach (var productId in system.ProductsAsync(cancellationToken)) await ReadProductAsync(productId, cancellationToken);
        }
        catch (DamagedProductException damaged)
        {
            // The list of an earlier version ends there; the products of the orders are read below all the same.
            NotSeen.Add($"products that were created after {damaged.ProductId} and are in no order: the list of products ends there");
            await ReadProductAsync(damaged.ProductId, cancellationToken);
        }

        await ReadOrdersAsync(cancellationToken);
        JudgeShared();
    }

    private async Task ReadSuspectedAsync(IReadOnlyList<Suspicion> suspicions, CancellationToken cancellationToken)
    {
        await ReadStuckAsync(cancellationToken);
        foreach (var (kind, id) in suspicions.SelectMany(suspicion => suspicion.Documents.Keys).Select(name => name.Split('/', 2)).Where(name => name.Length == 2).Select(name => (name[0], name[1])).Distinct())
        {
            if (kind == "stock") await ReadProductAsync(Uri.UnescapeDataString(id), cancellationToken);
            else if (kind == "order") _stage.AddOrder(id);
        }

        await ReadOrdersAsync(cancellationToken);
        JudgeShared();
    }

    private async Task ReadStuckAsync(CancellationToken cancellationToken)
    {
        if (await system.StuckAsync(cancellationToken) is not { } stuck) NotSeen.Add("orders that order-app itself calls stuck: it tells only callers on its own machine");
        else foreach (var order in stuck.Deserialize(DocumentsJson.Default.StuckDocumentArray)!) _stuck[order.OrderId] = order.Since;
    }

    // Also those that inventory never heard of, and whose users nothing else names.
    private async Task ListOrdersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var page in system.RecentOrdersAsync(cancellationToken))
                foreach (var order in page.EnumerateArray()) _stage.AddOrder(order.GetProperty("id").GetString()!);
        }
        catch (UnreadableException error) when (SystemReader.IsForOperators(error))
        {
            NotSeen.Add("orders without operations of users that nothing names: order-app lists everybody's orders only to callers on its own machine");
        }
    }

    private async Task ReadProductAsync(string productId, CancellationToken cancellationToken)
    {
        if (Suspicions.Count >= MaxSuspicions || !_stage.AddProduct(productId)) return;
        Products++;
        var reader = new ProductReader(system, _stage, productId);
        try
        {
            var findings = await reader.ReadAsync(count =>
            {
                Operations += count;
                onProgress(this);
            }, cancellationToken);
            if (!reader.WasCompared) NotSeen.Add($"whether the balances of {productId} are the sum of its operations: it changed each time it was read");
            foreach (var finding in findings) Suspect(finding, reader.Documents());
        }
        catch (DamagedProductException damaged)
        {
            Suspect(
                new Finding("I2", [productId], $"inventory-app says that what it stores of {productId} contradicts itself, and decides nothing on it", "damaged " + productId),
                new Dictionary<string, string> { ["stock/" + Uri.EscapeDataString(productId)] = damaged.Answer });
        }
    }

    /// <summary>Reads orders until none is left, and those of the users that they belong to.</summary>
    private async Task ReadOrdersAsync(CancellationToken cancellationToken)
    {
        while (Suspicions.Count < MaxSuspicions)
        {
            if (_stage.UnreadOrders(OrdersAtOnce) is { Count: > 0 } ids)
            {
                var read = new OrderDocuments[ids.Count];
                await Parallel.ForEachAsync(Enumerable.Range(0, ids.Count), new ParallelOptions { MaxDegreeOfParallelism = MaxParallelReads, CancellationToken = cancellationToken }, async (i, stop) =>
                    read[i] = await OrderDocuments.ReadAsync(system, ids[i], order => StandsForEver(order.Id) || time.GetUtcNow() - order.CreatedTime < options.KeysRemembered - KeyMargin, stop));
                foreach (var documents in read) await JudgeOrderAsync(documents, cancellationToken);
                onProgress(this);
            }
            else if (suspected is null && _stage.TakeUser() is { } user)
            {
                await foreach (var page in system.OrdersOfAsync(user, cancellationToken))
                    foreach (var order in page.EnumerateArray()) _stage.AddOrder(order.GetProperty("id").GetString()!);
            }
            else
            {
                return;
            }
        }
    }

    // An id of version 8 follows from the key. Versions before chose ids by themselves, and forgot keys.
    private static bool StandsForEver(string orderId) => Guid.TryParse(orderId, out var id) && id.Version == 8;

    private async Task JudgeOrderAsync(OrderDocuments documents, CancellationToken cancellationToken)
    {
        _stage.MarkRead(documents.OrderId, documents.Order);
        if (documents.Order is { } order)
        {
            _stage.AddUser(order.UserId);
            // A product that nobody created is in no list, and has operations all the same.
            foreach (var line in order.Lines) await ReadProductAsync(line.ProductId, cancellationToken);
        }

        var patience = new Patience(time.GetUtcNow(), options.StuckAfter);
        var operations = _stage.OperationsOf(documents.OrderId);
        var since = _stuck.TryGetValue(documents.OrderId, out var known) ? known : (DateTimeOffset?)null;
        var facts = documents.Facts([.. operations.Select(operation => ProductReader.Parse(operation.ProductId, operation.Json))], since);
        Finding[] findings = [.. OrderJudge.Judge(facts, patience), .. documents.Lookup is { } lookup ? [lookup] : Array.Empty<Finding>()];
        if (facts.Order?.Status == "PENDING" && findings.Length == 0) OnTheirWay++;
        foreach (var finding in findings) Suspect(finding, documents.Evidence(operations));
    }

    // What shows only when everything is read.
    private void JudgeShared()
    {
        foreach (var shared in _stage.SharedKeys(MaxSuspicions))
            foreach (var finding in KeyJudge.Judge(shared, options.KeysRemembered))
                Suspect(finding, shared.Take(OrdersAtOnce).ToDictionary(order => "order/" + order.OrderId, order => JsonSerializer.Serialize(order)));
        foreach (var (productId, operationId, times) in _stage.RepeatedChanges(MaxSuspicions))
            Suspect(
                new Finding("I4", [productId, operationId], $"{operationId} is recorded {times} times on {productId}", $"repeated {productId} {operationId}"),
                new Dictionary<string, string> { ["stock/" + Uri.EscapeDataString(productId)] = "null" });
    }

    private void Suspect(Finding finding, IReadOnlyDictionary<string, string> documents)
    {
        if (Suspicions.Count < MaxSuspicions) Suspicions.Add(new Suspicion(finding, documents));
    }
}
