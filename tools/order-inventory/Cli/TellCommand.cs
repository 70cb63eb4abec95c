using OrderInventory.Auditing;
using OrderInventory.Repairing;

namespace OrderInventory.Cli;

/// <summary><c>order-inventory repair --tell</c>: what was published of an order is on topics, where no API shows it, so whoever misses it names the orders.</summary>
internal static class TellCommand
{
    /// <summary>Tells of these orders; the exit code.</summary>
    /// <exception cref="UnreadableException">An order cannot be read.</exception>
    /// <exception cref="NotAnsweredException">The broker may not have an event.</exception>
    public static async Task<int> RunAsync(SystemReader system, Sidecar sidecar, IReadOnlyList<string> orders, bool apply, TextWriter output, CancellationToken cancellationToken)
    {
        var unknown = 0;
        foreach (var orderId in orders)
        {
            if (await Retelling.ReadAsync(system, orderId, cancellationToken) is not { } events)
            {
                unknown++;
                await output.WriteLineAsync($"{orderId}: no such order");
                continue;
            }

            foreach (var told in events)
            {
                if (apply) await sidecar.PublishAsync(told, cancellationToken);
                else await output.WriteLineAsync($"{told.Topic} {told.Id} {told.Type}: {told.Json}");
            }

            await output.WriteLineAsync(apply
                ? $"{orderId}: the broker has {events.Count} events again; what their readers did with them does not show here"
                : $"{orderId}: would publish these {events.Count} events again (--apply)");
        }

        return unknown > 0 || !apply ? 1 : 0;
    }
}
