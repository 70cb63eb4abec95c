using System.Text.Json;
using System.Text.Json.Serialization;
using OrderInventory.Bench.Load;
using OrderInventory.Bench.Systems;
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
        console.Write(Cost.Table("An order: calls / items / CPU ms", Rows.Select(row => ($"{row.Contestant}, {Tables.Number(row.Clients)}", row.PerOrder))));
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
internal sealed record ModelRow(string Contestant, int Clients, double PerSecond, double P50Milliseconds, double P99Milliseconds, double Milliseconds, double EngineMilliseconds, long Failed, IReadOnlyDictionary<string, Cost> PerOrder)
{
    private static readonly string[] Engine = ["workflow", "activity", "event", "timer"];

    /// <summary>The row of what was measured and charged meanwhile.</summary>
    public static ModelRow Of(string contestant, int clients, Measure measure, Charged before, Charged after)
    {
        var perOrder = after.Since(before, measure.Done);
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

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(ModelReport))]
internal sealed partial class ModelReportJson : JsonSerializerContext;
