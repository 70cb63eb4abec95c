using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrderInventory.Bench.Load;
using Spectre.Console;

namespace OrderInventory.Bench.Model;

/// <summary>The result of <c>bench model</c>: figures of the model, which are none of the real Dapr.</summary>
internal sealed record ModelReport
{
    /// <summary>The list of prices.</summary>
    public required string Costs { get; init; }

    /// <summary>Seconds that each row was measured.</summary>
    public required double Seconds { get; init; }

    /// <summary>The product's rows, then the opponent's.</summary>
    public required IReadOnlyList<ModelRow> Rows { get; init; }

    /// <summary>Writes tables for people.</summary>
    public void Write(TextWriter output)
    {
        var console = Tables.On(output);
        var table = new Table().Title($"On the model, prices of {Costs}, {Seconds:0} s each")
            .AddColumns(new TableColumn("contestant"), Tables.Right("in flight"), Tables.Right("orders/s"), Tables.Right("p50 ms"), Tables.Right("p99 ms"), Tables.Right("CPU ms per order"), Tables.Right("of it engine"), Tables.Right("not decided"));
        foreach (var row in Rows)
            table.AddRow(row.Contestant, Tables.Number(row.Clients), Tables.Number(row.PerSecond), Tables.Number(row.P50Milliseconds), Tables.Number(row.P99Milliseconds), Tables.Number(row.Milliseconds), Tables.Number(row.EngineMilliseconds), Tables.Number(row.Failed));
        console.Write(table);
        var kinds = new Table().Title("An order: calls / items / CPU ms").AddColumn("")
            .AddColumns([.. Rows.Select(row => Tables.Right($"{row.Contestant}, {Tables.Number(row.Clients)}"))]);
        foreach (var kind in Rows.SelectMany(row => row.PerOrder.Keys).Distinct())
            kinds.AddRow([kind, .. Rows.Select(row => row.PerOrder.TryGetValue(kind, out var cost) ? cost.ToString() : "")]);
        console.Write(kinds);
    }
}

/// <summary>Clients who each place the next order when the last one is decided.</summary>
/// <param name="Contestant">Which one.</param>
/// <param name="Clients">Orders in flight.</param>
/// <param name="PerSecond">Orders decided in a second.</param>
/// <param name="P50Milliseconds">Median from POST to the event that it is decided.</param>
/// <param name="P99Milliseconds">99th percentile of the same.</param>
/// <param name="Milliseconds">Processor time of an order, in the model: operations and apps.</param>
/// <param name="EngineMilliseconds">The part of it for workflows, activities, events and timers.</param>
/// <param name="Failed">Orders that were not accepted, or not decided within 30 s.</param>
/// <param name="PerOrder">By kind of operation, and by app.</param>
internal sealed record ModelRow(string Contestant, int Clients, double PerSecond, double P50Milliseconds, double P99Milliseconds, double Milliseconds, double EngineMilliseconds, long Failed, IReadOnlyDictionary<string, OrderCost> PerOrder)
{
    private static readonly string[] Engine = ["workflow", "activity", "event", "timer"];

    /// <summary>The row of what was measured and charged meanwhile.</summary>
    public static ModelRow Of(string contestant, int clients, Measure measure, Charged before, Charged after)
    {
        double orders = Math.Max(1, measure.Done);
        var perOrder = new Dictionary<string, OrderCost>();
        foreach (var now in after.Operations)
        {
            var then = before.Operations.FirstOrDefault(operation => operation.Operation == now.Operation);
            perOrder[now.Operation] = new OrderCost((now.Calls - then?.Calls ?? now.Calls) / orders, (now.Items - then?.Items ?? now.Items) / orders, (now.Milliseconds - then?.Milliseconds ?? now.Milliseconds) / orders);
        }

        foreach (var (app, used) in after.Apps) perOrder[app] = new OrderCost(null, null, (used - before.Apps.GetValueOrDefault(app)) / orders);
        return new ModelRow(
            contestant,
            clients,
            Math.Round(measure.PerSecond, 1),
            measure.Milliseconds(50),
            measure.Milliseconds(99),
            perOrder.Values.Sum(cost => cost.Milliseconds),
            perOrder.Where(cost => Engine.Contains(cost.Key)).Sum(cost => cost.Value.Milliseconds),
            measure.Done - measure.Succeeded,
            perOrder);
    }
}

/// <summary>What an order costs on average. Without calls and items: the processor time of an app.</summary>
internal sealed record OrderCost(double? Calls, double? Items, double Milliseconds)
{
    /// <inheritdoc/>
    public override string ToString() => Calls is { } calls && Items is { } items
        ? string.Create(CultureInfo.InvariantCulture, $"{calls:0.##} / {items:0.##} / {Milliseconds:0.#}")
        : Milliseconds.ToString("0.#", CultureInfo.InvariantCulture);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(ModelReport))]
internal sealed partial class ModelReportJson : JsonSerializerContext;
