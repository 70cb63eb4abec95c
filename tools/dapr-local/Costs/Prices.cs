using DaprLocal.Config;

namespace DaprLocal.Costs;

/// <summary>What costs sidecar, store, broker and scheduler of the real Dapr processor time.</summary>
internal enum Operation
{
    /// <summary>Keys saved or deleted in one call.</summary>
    Save,

    /// <summary>Keys read in one call.</summary>
    Get,

    /// <summary>Events published in one call, the broker's share included.</summary>
    Publish,

    /// <summary>A call of the app with events, however many.</summary>
    Delivery,

    /// <summary>A workflow that starts and ends.</summary>
    Workflow,

    /// <summary>An activity of a workflow.</summary>
    Activity,

    /// <summary>An event raised to a workflow.</summary>
    Event,

    /// <summary>A timer that a workflow makes.</summary>
    Timer,
}

/// <summary>Milliseconds of processor time: of one item in a call of its own, and of each of sixteen in one call. What lies between and beyond follows from both.</summary>
internal readonly record struct Price(double Alone, double InSixteen)
{
    /// <summary>What each further item adds.</summary>
    public double Each => ((16 * InSixteen) - Alone) / 15;

    /// <summary>The price of a call with so many items.</summary>
    public TimeSpan Of(int items) => TimeSpan.FromMilliseconds(Alone + ((items - 1) * Each));
}

/// <summary>A list of prices. <paramref name="Processors"/> work side by side; <paramref name="AppShare"/> of the processor time that the apps themselves use counts as well.</summary>
internal sealed record Prices(int Processors, double AppShare, IReadOnlyDictionary<Operation, Price> Of)
{
    private const int MaxProcessors = 64;
    private static readonly string[] Keys = ["processors", "appShare", "operations"];

    /// <summary>Reads a file as in proof/costs.</summary>
    /// <exception cref="ConfigurationException">A key is missing, unknown or no number.</exception>
    public static Prices Read(string path)
    {
        var root = YamlFile.LoadOne(path, "a list of prices");
        root.AllowOnly(Keys);
        var operations = root.Map("operations") ?? throw root.Error("operations", "a list of prices needs 'operations', a price for each of them");
        var known = Enum.GetValues<Operation>().ToDictionary(operation => operation.ToString().ToLowerInvariant());
        operations.AllowOnly(known.Keys);
        return new Prices(
            root.Integer("processors", 1, MaxProcessors) ?? throw root.Error("processors", "a list of prices needs 'processors', the number of processors that work side by side"),
            Number(root, "appShare"),
            known.ToDictionary(pair => pair.Value, pair => ReadPrice(operations, pair.Key)));
    }

    private static Price ReadPrice(YamlMap operations, string name)
    {
        var price = operations.Map(name) ?? throw operations.Error(name, $"operation '{name}' has no price: write '{name}: {{ alone: MILLISECONDS }}'");
        price.AllowOnly(["alone", "inSixteen"]);
        var alone = Number(price, "alone");
        var found = new Price(alone, price.Has("inSixteen") ? Number(price, "inSixteen") : alone);
        return found.Each >= 0 ? found : throw price.Error("inSixteen", $"'inSixteen' of '{name}' is too small: sixteen in one call would cost less than one alone");
    }

    private static double Number(YamlMap map, string key) =>
        double.TryParse(map.RequiredText(key), System.Globalization.CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 1000
            ? number
            : throw map.Error(key, $"'{key}' must be a number from 0 to 1000, not '{map.Text(key)}'");
}
