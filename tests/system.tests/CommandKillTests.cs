namespace OrderInventory.System.Tests;

/// <summary>kill -9 of each part while orders are cancelled, paid, shipped, delivered and refunded.</summary>
[Collection(OneKilledSystem.Name)]
public sealed class CommandKillTests(KilledSystem killed)
{
    private const int Orders = 60;
    private const int Users = 3;
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("order-app")]
    [InlineData("inventory-app")]
    [InlineData("dapr-local")]
    public async Task Kill9_DuringCommands_KeepsEveryInvariant(string victim)
    {
        var system = killed.Local;
        await killed.PutStockAsync(victim, 1_000);
        var answered = 0;
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            var clients = Parallel.ForEachAsync(Enumerable.Range(0, Orders), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) =>
            {
                var key = Audit.Key(victim, number);
                var id = killed.Orders[key] = await system.Orders.PlaceAsync(OrderClient.Body(victim, 2, User(victim, number)), key);
                await system.Orders.DecidedAsync(id, Within);
                foreach (var command in Life(number)) await system.Orders.CommandAsync(id, command);
                if (Interlocked.Increment(ref answered) == Orders / 3) reached.SetResult();
            });
            await Task.WhenAny(reached.Task, clients);

            await system.KillAsync(victim);
            await system.StartAsync(victim);
            await clients;

            await killed.CheckAsync();
            var listed = await Task.WhenAll(Enumerable.Range(0, Users).Select(user => system.Orders.ListAsync(User(victim, user))));
            Assert.Equal(Enumerable.Range(0, Orders).Select(number => killed.Orders[Audit.Key(victim, number)]).Order(), listed.SelectMany(ids => ids).Order());
        }
        catch (Exception error)
        {
            throw new InvalidOperationException(system.Output(), error);
        }
    }

    private static string User(string victim, int number) => $"{victim}-user{number % Users}";

    private static string[] Life(int number) => (number % 5) switch
    {
        0 => ["cancel"],
        1 => ["pay", "refund"],
        2 => ["pay", "ship"],
        3 => ["pay", "ship", "deliver"],
        _ => ["pay", "ship", "deliver", "refund"],
    };
}
