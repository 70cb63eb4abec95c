namespace OrderInventory.Judging;

/// <summary>
/// I1 and I2 of one product, from its operations, newest first. It keeps sums only, whatever their number: the operations
/// themselves say how much was available after each, so each one is compared with the one after it.
/// </summary>
internal sealed class StockJudge(string productId)
{
    private readonly Dictionary<string, Finding> _found = [];
    private long? _newest;
    private long _oldest;
    private long _total;
    private long _reserved;
    private long _availableBefore;

    /// <summary>Operations that it was given.</summary>
    public long Operations { get; private set; }

    /// <summary>What is wrong with the balances of one version of a product by themselves (I1); null when nothing is.</summary>
    public static Finding? Unsound(StockDocument stock) => stock is { Available: >= 0, Reserved: >= 0 } && stock.Total == stock.Available + stock.Reserved
        ? null
        : new Finding("I1", [stock.ProductId], $"version {stock.Version} of {stock.ProductId} has total {stock.Total}, available {stock.Available}, reserved {stock.Reserved}", $"unsound {stock.ProductId}");

    /// <summary>Takes the operation before those that it was given.</summary>
    public void Add(OperationDocument operation)
    {
        Operations++;
        if (operation.AvailableAfter < 0) Find("I1", "negative", $"operation {operation.Sequence} of {productId} left {operation.AvailableAfter} units available");
        if (_newest is null) _newest = operation.Sequence;
        else if (operation.Sequence != _oldest - 1) Find("I2", "gap", $"the operations of {productId} are not numbered 1 to {_newest}: {operation.Sequence} is followed by {_oldest}");
        else if (operation.AvailableAfter != _availableBefore) Find("I2", "chain", $"operation {operation.Sequence} of {productId} left {operation.AvailableAfter} units available, and the next one found {_availableBefore}");
        _oldest = operation.Sequence;
        _availableBefore = operation.AvailableAfter - Outcomes.Available(operation);
        _total += Outcomes.Total(operation);
        _reserved += Outcomes.Reserved(operation);
    }

    /// <summary>What is wrong with those that it was given, which need not be all.</summary>
    public IReadOnlyCollection<Finding> Chained => _found.Values;

    /// <summary>What is wrong when these were all. <paramref name="stock"/>: the document that has exactly these operations; null when there is none to compare them with.</summary>
    public IEnumerable<Finding> Judge(StockDocument? stock)
    {
        if (_newest is not null && _oldest != 1) Find("I2", "gap", $"the operations of {productId} are not numbered 1 to {_newest}: the first is {_oldest}");
        else if (_availableBefore != 0) Find("I2", "chain", $"the first operation of {productId} found {_availableBefore} units");
        if (stock is not null)
        {
            if (Unsound(stock) is { } unsound) _found[unsound.Identity] = unsound;
            if ((stock.Total, stock.Reserved) != (_total, _reserved))
                Find("I2", "sum", $"{productId} has total {stock.Total} and reserved {stock.Reserved}; its operations make {_total} and {_reserved}");
        }

        return _found.Values;
    }

    // One of a kind for each product: a product that is wrong in one place is wrong in all places after it.
    private void Find(string invariant, string kind, string sentence) => _found.TryAdd(kind, new Finding(invariant, [productId], sentence, $"{kind} {productId}"));
}
