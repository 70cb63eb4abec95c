using OrderInventory.Judging;
using OrderInventory.Proof.Scenarios;

namespace OrderInventory.Proof.Checks;

/// <summary>
/// The judge of the product (<c>tools/order-inventory</c>) on what is stored and published in a run and on what its clients
/// were told. I1 is checked with each save (<see cref="StockVersions"/>).
/// </summary>
internal static class Invariants
{
    /// <summary>What is violated, in words. <paramref name="now"/>: when everything has come to rest; <paramref name="tellsStock"/>: each operation had to be told.</summary>
    public static IReadOnlyList<string> Check(Facts facts, Run run, DateTimeOffset now, bool tellsStock)
    {
        var patience = new Patience(now, TimeSpan.Zero);
        List<Finding> findings = [.. facts.Orders.SelectMany(order => OrderJudge.Judge(order, patience))];
        foreach (var item in facts.Products)
        {
            var judge = new StockJudge(item.ProductId);
            foreach (var operation in facts.Operations[item.ProductId].Reverse()) judge.Add(operation);
            findings.AddRange(judge.Judge(item));
        }

        var stored = facts.Orders.Where(order => order.Order is not null).ToArray();
        findings.AddRange(stored.Select(order => order.Order!).GroupBy(order => (order.UserId, order.IdempotencyKey))
            .SelectMany(key => KeyJudge.Judge([.. key.Select(order => new KeyedOrder(order.UserId, order.IdempotencyKey, order.Id, order.CreatedTime))], TimeSpan.MaxValue)));
        var ids = stored.Select(order => order.OrderId).ToHashSet();
        findings.AddRange(run.Told.GroupBy(told => (told.UserId, told.Key)).SelectMany(told => KeyJudge.Told([.. told], ids.Contains)));
        findings.AddRange(new TopicJudge(facts.Topic).Judge([.. stored.Select(order => (order.Order!, order.History))], [.. facts.Operations.SelectMany(product => product)], tellsStock));

        var violations = findings.Select(finding => finding.ToString()).ToList();
        if (run.Accepted.Count < run.Clients.Count(client => !client.Client.IsGone)) violations.Add("I5: a client never got an answer");
        if (facts.Undelivered > 0) violations.Add($"I8: {facts.Undelivered} messages are not accepted by their subscriber");
        return violations;
    }
}
