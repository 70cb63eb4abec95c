using DaprLocal.Config;
using DaprLocal.Costs;
using DaprLocal.Tests.Hosting;
using OrderInventory.Testing;

namespace DaprLocal.Tests.Costs;

public sealed class PricesTests : IDisposable
{
    private const string Good = """
        processors: 2
        appShare: 0.5
        operations:
          save: { alone: 0.53, inSixteen: 0.31 }
          get: { alone: 0.25, inSixteen: 0.025 }
          publish: { alone: 0.75, inSixteen: 0.22 }
          delivery: { alone: 1 }
          workflow: { alone: 8.7 }
          activity: { alone: 9.3 }
          event: { alone: 3.4 }
          timer: { alone: 3 }
        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_GoodFile_HasEveryPrice()
    {
        var prices = Prices.Read(_folder.Write("c.yaml", Good));

        Assert.Equal((2, 0.5), (prices.Processors, prices.AppShare));
        Assert.Equal(Enum.GetValues<Operation>().Order(), prices.Of.Keys.Order());
        Assert.Equal((new Price(0.53, 0.31), new Price(1, 1)), (prices.Of[Operation.Save], prices.Of[Operation.Delivery]));
    }

    [Theory]
    [InlineData("postgresql.yaml", 9.3)]
    [InlineData("redis.yaml", 4.6)]
    public void Read_ShippedFile_IsGood(string name, double activity) =>
        Assert.Equal(activity, Prices.Read(Path.Combine(Repository.Root, "proof", "costs", name)).Of[Operation.Activity].Alone);

    [Theory]
    [InlineData("timer: { alone: 3 }", "tiemr: { alone: 3 }", 11, "dapr-local does not know the key 'tiemr' in 'operations'; known here: activity, delivery, event, get, publish, save, timer, workflow")]
    [InlineData("timer: { alone: 3 }", "", 4, "operation 'timer' has no price: write 'timer: { alone: MILLISECONDS }'")]
    [InlineData("processors: 2", "", 2, "a list of prices needs 'processors', the number of processors that work side by side")]
    [InlineData("processors: 2", "processors: 0", 1, "'processors' must be a whole number from 1 to 64, not '0'")]
    [InlineData("appShare: 0.5", "", 1, "'appShare' is required")]
    [InlineData("alone: 8.7", "alone: -8.7", 8, "'alone' must be a number from 0 to 1000, not '-8.7'")]
    [InlineData("alone: 8.7", "alone: much", 8, "'alone' must be a number from 0 to 1000, not 'much'")]
    [InlineData("alone: 8.7", "alone: NaN", 8, "'alone' must be a number from 0 to 1000, not 'NaN'")]
    [InlineData("alone: 8.7", "inSixteen: 1", 8, "'alone' in 'operations.workflow' is required")]
    [InlineData("inSixteen: 0.025", "inSixteen: 0.015", 5, "'inSixteen' of 'get' is too small: sixteen in one call would cost less than one alone")]
    public void Read_WrongFile_SaysFileLineAndRemedy(string good, string wrong, int line, string message)
    {
        var path = _folder.Write("c.yaml", Good.Replace(good, wrong, StringComparison.Ordinal));

        var error = Assert.Throws<ConfigurationException>(() => Prices.Read(path));

        Assert.Equal($"{YamlFile.DisplayName(path)}:{line}: {message}", error.Message);
    }

    [Theory]
    [InlineData(1, 0.53)]
    [InlineData(16, 16 * 0.31)]
    [InlineData(31, 0.53 + (30 * ((16 * 0.31) - 0.53) / 15))]
    public void Of_SomeItems_CostsOneAloneAndTheOthersLess(int items, double milliseconds) =>
        Assert.Equal(milliseconds, new Price(0.53, 0.31).Of(items).TotalMilliseconds, 3);
}
