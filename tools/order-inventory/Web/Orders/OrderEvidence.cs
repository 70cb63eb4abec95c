using System.Text.Json;
using OrderInventory.DeadLetters;
using OrderInventory.Judging;
using OrderInventory.Web.Products;

namespace OrderInventory.Web.Orders;

/// <summary>What was read about one order, from both apps. What could not be read is null, and said in <see cref="Missing"/>.</summary>
internal sealed class OrderEvidence
{
    /// <summary>Operations of a product that are read to check its balances.</summary>
    public const int ChainLength = 200;

    /// <summary>When it was read.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The order as it is shown.</summary>
    public required ShownOrder Order { get; init; }

    /// <summary>The order as it came, for the judges.</summary>
    public required JsonElement Document { get; init; }

    /// <summary>Its transitions as they came; null when they could not be read.</summary>
    public IReadOnlyList<TransitionDocument>? History { get; set; }

    /// <summary>How it was driven; null when that could not be read.</summary>
    public Saga? Saga { get; set; }

    /// <summary>Its workflow as the engine has it; null when that could not be read, or there is none.</summary>
    public EngineState? Engine { get; set; }

    /// <summary>What inventory recorded for its lines, oldest first; null when it could not be read.</summary>
    public IReadOnlyList<ShownOperation>? Operations { get; set; }

    /// <summary>The products of its lines that exist, each with its newest operations; null when they could not be read.</summary>
    public IReadOnlyList<ProductEvidence>? Products { get; set; }

    /// <summary>The order that its key stands for; null for none.</summary>
    public string? ByKey { get; set; }

    /// <summary>True when <see cref="ByKey"/> was read.</summary>
    public bool IsKeyRead { get; set; }

    /// <summary>The dead letters of its messages among the newest, of the apps whose letters could be read.</summary>
    public IReadOnlyList<Letter> Letters { get; set; } = [];

    /// <summary>True when the letters of both apps were read.</summary>
    public bool AreLettersRead { get; set; }

    /// <summary>What the processes that answered remember of repeats; none of an app of an earlier version, or that could not be read.</summary>
    public IReadOnlyList<RepeatsOfApp> Repeats { get; set; } = [];

    /// <summary>What could not be read.</summary>
    public List<string> Missing { get; } = [];
}

/// <summary>A product, with its operations.</summary>
/// <param name="Stock">Its balances.</param>
/// <param name="Newest">Its newest operations as they came, newest first.</param>
/// <param name="IsAll">True when these are all, and the balances are of the same moment.</param>
internal sealed record ProductEvidence(StockDocument Stock, IReadOnlyList<OperationDocument> Newest, bool IsAll);
