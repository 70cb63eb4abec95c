using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using OrderInventory.Cli;

namespace OrderInventory.Web;

/// <summary>What a page shows.</summary>
/// <param name="Model">Its content; null when it could not be read, or there is none.</param>
/// <param name="Problem">Why there is no content; null otherwise.</param>
/// <param name="Outages">The apps that do not answer.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Version">Differs when anything above does.</param>
public sealed record PageView(object? Model, string? Problem, IReadOnlyList<Outage> Outages, int Status, string Version);

/// <summary>Reads what pages show, once for all that look at the same within a moment: viewers cost no more than one.</summary>
internal sealed class LiveReads(SystemClient system, TimeProvider time) : IDisposable
{
    private const int MaxPages = 500;

    // How often live pages look. With the freshness it is how late a change may be seen.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    // Longer than a browser takes to ask for the page that has changed: it gets what was read to see the change.
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly MemoryCache _views = new(new MemoryCacheOptions { SizeLimit = MaxPages });

    /// <summary>What the page at <paramref name="address"/> shows now. <paramref name="load"/> may answer null for what does not exist.</summary>
    public Task<PageView> ReadAsync(string address, Func<CancellationToken, Task<object?>> load)
    {
        lock (_lock)
        {
            if (_views.TryGetValue(address, out (long Read, Task<PageView> View) known) && time.GetElapsedTime(known.Read) < Freshness) return known.View;
            var view = Task.Run(() => LoadAsync(load));
            _views.Set(address, (time.GetTimestamp(), view), new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(1) });
            return view;
        }
    }

    /// <summary>Ends when all look again, or it is cancelled. They do at the same moments, so that what is read for one is fresh for the others.</summary>
    public async Task NextLookAsync(CancellationToken cancellationToken) =>
        await Task.Delay(Pause - TimeSpan.FromTicks(time.GetUtcNow().Ticks % Pause.Ticks), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public void Dispose() => _views.Dispose();

    private async Task<PageView> LoadAsync(Func<CancellationToken, Task<object?>> load)
    {
        object? model = null;
        string? problem = null;
        var status = StatusCodes.Status200OK;
        try
        {
            // Others may look at the same, so it does not end with the request that began it; the client has limits of its own.
            model = await load(CancellationToken.None);
            if (model is null) (problem, status) = ("There is nothing of this name.", StatusCodes.Status404NotFound);
            if (model is IFormModel { Wrong.Count: > 0 }) status = StatusCodes.Status400BadRequest;
        }
        catch (RefusedException error)
        {
            (problem, status) = (error.Message, StatusCodes.Status400BadRequest);
        }
        catch (NotAnsweredException error)
        {
            (problem, status) = (error.Message, StatusCodes.Status502BadGateway);
        }
        catch (UnauthorizedAccessException error)
        {
            (problem, status) = ($"{error.Message} Start the console with a token that may see this in {Apps.TokenVariable}.", StatusCodes.Status403Forbidden);
        }

        var outages = system.Outages;
        return new PageView(model, problem, outages, status, Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { model, problem, outages })))[..16]);
    }
}
