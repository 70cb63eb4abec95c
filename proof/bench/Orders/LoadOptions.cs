namespace OrderInventory.Bench.Orders;

/// <summary>What <c>bench load</c> is asked to do.</summary>
internal sealed record LoadOptions
{
    /// <summary>Requests in a second, on average; they arrive whether or not earlier ones were answered.</summary>
    public required int Rate { get; init; }

    /// <summary>Seconds of load.</summary>
    public required int Seconds { get; init; }

    /// <summary>Products to order.</summary>
    public required int Products { get; init; }

    /// <summary>Exponent of Zipf's law: 0 for products that are all alike, 1 for one that is ordered ten times as often as the tenth.</summary>
    public required double Skew { get; init; }

    /// <summary>Units of each product at the start.</summary>
    public required int Stock { get; init; }

    /// <summary>Requests at the same time; what comes on top is not sent and counted as missed.</summary>
    public required int InFlight { get; init; }

    /// <summary>Which share of the requests each kind has, in percent; the rest places orders.</summary>
    public required IReadOnlyDictionary<LoadKind, int> Shares { get; init; }

    /// <summary>Percent of the placing requests whose client gives up after some milliseconds and asks again with the same key.</summary>
    public required int Impatient { get; init; }

    /// <summary>Mean seconds between two kills; 0 for none.</summary>
    public required int Kill { get; init; }

    /// <summary>The load ends after so many kills, half of which leave a torn write where they can; null: after its seconds.</summary>
    public int? Kills { get; init; }

    /// <summary>Decides everything that is random.</summary>
    public required int Seed { get; init; }
}

/// <summary>Kinds of requests.</summary>
internal enum LoadKind
{
    /// <summary>A new order.</summary>
    Place,

    /// <summary>An order that was placed before, with the same key and content.</summary>
    Duplicate,

    /// <summary>A key that was used before, with another content.</summary>
    ReusedKey,

    /// <summary>Cancels a recent order.</summary>
    Cancel,

    /// <summary>Pays a recent order.</summary>
    Pay,

    /// <summary>Adds units to a product.</summary>
    Restock,
}
