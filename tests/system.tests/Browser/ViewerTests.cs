using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace OrderInventory.System.Tests.Browser;

/// <summary>What viewers cost.</summary>
[Collection(BrowserTestGroup.Name)]
public sealed partial class ViewerTests(BrowserSystem system, ITestOutputHelper output)
{
    private const int Viewers = 10;
    private const double MostOfACore = 0.05;

    // What else this machine does, and code that is compiled meanwhile, only add to what is measured: the least of a few measurements counts.
    private const int Tries = 3;

    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan BetweenOrders = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    // Until what runs often is compiled for good.
    private static readonly TimeSpan FirstWarmUp = TimeSpan.FromSeconds(8);

    // As the kernel counts: USER_HZ is 100 on every Linux.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    [BrowserFact]
    public async Task Viewers_Ten_CostLessThanATwentiethOfACore()
    {
        using var end = new CancellationTokenSource();
        var load = PlaceAsync(end.Token);
        var least = double.MaxValue;
        for (var i = 0; i < Tries && least > MostOfACore; i++) least = Math.Min(least, await MeasureAsync($"viewed-{i}", i == 0 ? FirstWarmUp : WarmUp));
        await end.CancelAsync();
        await load;

        Assert.InRange(least, 0, MostOfACore);
    }

    /// <summary>What part of a core the console uses while half of the viewers look at an order that changes, and half at the whole system.</summary>
    private async Task<double> MeasureAsync(string user, TimeSpan warmUp)
    {
        var order = await BrowserData.PlaceAsync(system.Local, user, "viewed", null, BrowserData.Product);
        using var leave = new CancellationTokenSource();
        var shown = 0;
        var viewers = Enumerable.Range(0, Viewers).Select(i => ViewAsync(i % 2 == 0 ? "/" : "/orders/" + order, () => Interlocked.Increment(ref shown), leave.Token)).ToArray();
        await Task.Delay(warmUp, TimeProvider.System);

        shown = 0;
        string[] commands = ["pay", "ship", "deliver", "refund"];
        var cost = await CostAsync(Measured, async () =>
        {
            foreach (var command in commands)
            {
                await system.Local.Orders.CommandAsync(order, command, command == "pay" ? new { paymentId = user } : null);
                await Task.Delay(Measured / (commands.Length + 1), TimeProvider.System);
            }
        });

        await leave.CancelAsync();
        await Task.WhenAll(viewers);
        var without = await CostAsync(WarmUp, () => Task.CompletedTask);
        output.WriteLine($"{Viewers} viewers were shown {shown} pages in {Measured.TotalSeconds} s. Of a core the console used {Text(cost[0])}; of the others, with what they use without viewers: " +
            string.Join(", ", LocalSystem.Processes.Select((name, i) => $"{name} {Text(cost[i + 1])} ({Text(without[i + 1])})")));
        Assert.True(shown >= Viewers / 2 * commands.Length, "Every viewer of the order is told of every change.");
        return cost[0];

        static string Text(double part) => part.ToString("P1", CultureInfo.InvariantCulture);
    }

    // So that the page of the whole system changes as well.
    private async Task PlaceAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(BetweenOrders);
        try
        {
            for (var i = 0; await timer.WaitForNextTickAsync(cancellationToken); i++) await system.Local.Orders.PlaceAsync(OrderClient.Body(BrowserData.Product), $"viewed-{i}");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Enough.
        }
    }

    /// <summary>What each process uses of a core for so long.</summary>
    private async Task<double[]> CostAsync(TimeSpan time, Func<Task> act)
    {
        var (before, clock) = (Used(), Stopwatch.StartNew());
        await act();
        if (clock.Elapsed < time) await Task.Delay(time - clock.Elapsed, TimeProvider.System);
        return [.. Used().Zip(before, (now, then) => (now - then) / clock.Elapsed)];
    }

    // As the script of the console: it shows the page again whenever it is told that it changed.
    private async Task ViewAsync(string path, Action isShown, CancellationToken cancellationToken)
    {
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri(system.Console.Address) };
            var page = await http.GetStringAsync(path, cancellationToken);
            using var request = new HttpRequestMessage(HttpMethod.Get, LiveAddress().Match(page).Groups[1].Value);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            using var events = new StreamReader(await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(cancellationToken));
            while (await events.ReadLineAsync(cancellationToken) is { } line)
            {
                if (line != "event: changed") continue;
                await http.GetStringAsync(path, cancellationToken);
                isShown();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The viewer has seen enough.
        }
    }

    private TimeSpan[] Used() => [Used(system.Console.Id), .. LocalSystem.Processes.Select(name => Used(system.Local.ProcessIdOf(name)))];

    private static TimeSpan Used(int process)
    {
        // The name of the command, in parentheses, may have spaces; what a process used is the 12th and 13th field behind it.
        var fields = File.ReadAllText($"/proc/{process}/stat").Split(')')[^1].Split(' ');
        return Tick * (long.Parse(fields[12], CultureInfo.InvariantCulture) + long.Parse(fields[13], CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("data-live=\"([^\"]*)\"")]
    private static partial Regex LiveAddress();
}
