namespace OrderInventory.Web.Crash;

/// <summary>Breaks a run of dapr-local at its request. <paramref name="http"/>: the address that dapr-local gave.</summary>
internal sealed class Faults(HttpClient http, TimeProvider time, ILogger<Faults> logger)
{
    private const int MaxKept = 20;
    private const int FreezeSeconds = 10;

    private readonly Lock _lock = new();
    private readonly LinkedList<Fault> _kept = [];

    /// <summary>What was broken, newest first.</summary>
    public IReadOnlyList<Fault> Kept
    {
        get { lock (_lock) return [.. _kept]; }
    }

    /// <summary>The apps that can be killed; none when dapr-local does not answer.</summary>
    public async Task<IReadOnlyList<string>> AppsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await http.GetFromJsonAsync<string[]>("apps", cancellationToken) ?? [];
        }
        catch (HttpRequestException)
        {
            return [];
        }
    }

    /// <summary>Kills an app; dapr-local starts it again.</summary>
    public void Kill(string app, string by) => Begin($"SIGKILL {app}", $"apps/{Uri.EscapeDataString(app)}/kill", TimeSpan.Zero, by);

    /// <summary>Takes the sidecar of an app away for a moment.</summary>
    public void CutSidecar(string app, string by) => Begin($"the sidecar of {app} is gone", $"apps/{Uri.EscapeDataString(app)}/sidecar", TimeSpan.Zero, by);

    /// <summary>Freezes the state store.</summary>
    public void FreezeStore(string by) => Begin($"the state store answers nobody for {FreezeSeconds} s", $"store?seconds={FreezeSeconds}", TimeSpan.FromSeconds(FreezeSeconds), by);

    private void Begin(string what, string path, TimeSpan lasts, string by)
    {
        var fault = new Fault(what, time.GetUtcNow(), null, null);
        lock (_lock)
        {
            _kept.AddFirst(fault);
            if (_kept.Count > MaxKept) _kept.RemoveLast();
        }

        Log.Broken(logger, by, what);
        _ = Task.Run(async () =>
        {
            string? problem = null;
            try
            {
                using var answer = await http.PostAsync(path, null);
                if (!answer.IsSuccessStatusCode) problem = $"dapr-local answered {(int)answer.StatusCode}";
                else await Task.Delay(lasts, time);
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
            {
                problem = error.Message;
            }

            lock (_lock)
            {
                if (_kept.Find(fault) is { } place) place.Value = fault with { Ended = time.GetUtcNow(), Problem = problem };
            }
        });
    }
}
