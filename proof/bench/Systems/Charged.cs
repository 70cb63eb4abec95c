using System.Globalization;
using Spectre.Console;

namespace OrderInventory.Bench.Systems;

/// <summary>What dapr-local says that it charged since it started: per kind of operation, and the processor time of each app in milliseconds.</summary>
internal sealed record Charged(IReadOnlyList<ChargedOperation> Operations, IReadOnlyDictionary<string, double> Apps)
{
    /// <summary>Asks the sidecar behind <paramref name="sidecar"/>, which runs with prices.</summary>
    public static async Task<Charged> AskAsync(HttpClient sidecar) => (await sidecar.GetFromJsonAsync<Charged>("/dapr-local/costs"))!;

    /// <summary>What each of <paramref name="done"/> things cost that were done after <paramref name="before"/>: by kind of operation, and by app.</summary>
    public IReadOnlyDictionary<string, Cost> Since(Charged before, long done)
    {
        double each = Math.Max(1, done);
        var costs = new Dictionary<string, Cost>();
        foreach (var now in Operations)
        {
            var then = before.Operations.FirstOrDefault(operation => operation.Operation == now.Operation);
            costs[now.Operation] = new Cost((now.Calls - then?.Calls ?? now.Calls) / each, (now.Items - then?.Items ?? now.Items) / each, (now.Milliseconds - then?.Milliseconds ?? now.Milliseconds) / each);
        }

        foreach (var (app, used) in Apps) costs[app] = new Cost(null, null, (used - before.Apps.GetValueOrDefault(app)) / each);
        return costs;
    }
}

/// <summary>Calls, items in them, and milliseconds of processor time.</summary>
internal sealed record ChargedOperation(string Operation, long Calls, long Items, double Milliseconds);

/// <summary>What an operation costs on average. Without calls and items: the processor time of an app.</summary>
internal sealed record Cost(double? Calls, double? Items, double Milliseconds)
{
    /// <summary>A table for people, with a column for each of <paramref name="columns"/>.</summary>
    public static Table Table(string title, IEnumerable<(string Name, IReadOnlyDictionary<string, Cost> Costs)> columns)
    {
        (string Name, IReadOnlyDictionary<string, Cost> Costs)[] all = [.. columns];
        var table = new Table().Title(title).AddColumn("").AddColumns([.. all.Select(column => Tables.Right(column.Name))]);
        foreach (var kind in all.SelectMany(column => column.Costs.Keys).Distinct())
            table.AddRow([kind, .. all.Select(column => column.Costs.TryGetValue(kind, out var cost) ? cost.ToString() : "")]);
        return table;
    }

    /// <inheritdoc/>
    public override string ToString() => Calls is { } calls && Items is { } items
        ? string.Create(CultureInfo.InvariantCulture, $"{calls:0.##} / {items:0.##} / {Milliseconds:0.##}")
        : Milliseconds.ToString("0.##", CultureInfo.InvariantCulture);
}
