using System.Globalization;
using System.Net;

namespace DaprLocal.Hosting;

/// <summary>Waits until an app listens and says it is healthy.</summary>
internal sealed class AppReadiness(HttpClient client, TimeProvider time)
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PerRequest = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Null when the app is ready, else the last thing known about it. An app without a health endpoint (404) counts as ready once it
    /// answers, unless it promises one with <c>enableAppHealthCheck</c>.
    /// </summary>
    public async Task<string?> WaitAsync(AppPlan plan, TimeSpan limit, CancellationToken ct)
    {
        if (plan.Url is not { } url)
            return null;
        var health = new Uri(url, plan.App.HealthCheckPath);
        var began = time.GetTimestamp();
        string known;
        do
        {
            var (ready, state) = await AskAsync(health, plan.App.HealthCheckEnabled, ct);
            if (ready)
                return null;
            known = state;
            await Task.Delay(Between, time, ct);
        }
        while (time.GetElapsedTime(began) < limit);
        return string.Create(CultureInfo.InvariantCulture, $"{health} {known} after {limit.TotalSeconds:0.#} s");
    }

    private async Task<(bool Ready, string State)> AskAsync(Uri health, bool strict, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(PerRequest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            using var response = await client.GetAsync(health, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var ready = response.IsSuccessStatusCode || (!strict && response.StatusCode == HttpStatusCode.NotFound);
            return (ready, $"answers {(int)response.StatusCode}");
        }
        catch (HttpRequestException)
        {
            return (false, "does not answer (nothing listens there yet)");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (false, "does not answer in time");
        }
    }
}
