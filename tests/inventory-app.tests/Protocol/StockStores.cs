using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;
using OrderInventory.Testing;
using OrderInventory.Testing.Processes;

namespace InventoryApp.Tests.Protocol;

/// <summary>
/// The state stores of the stock protocol: one in memory, and the real ones as the app has them, through a sidecar
/// process. PostgreSQL and Redis are there when OI_POSTGRES and OI_REDIS say where.
/// </summary>
public sealed class StockStores : IAsyncLifetime
{
    private const string InMemory = "in-memory";

    private readonly string _folder = Directory.CreateTempSubdirectory("oi-stock-").FullName;
    private readonly Dictionary<string, (IStateStore State, WebApplication? App, ServerProcess? Sidecar)> _open = [];

    /// <summary>The names of the stores that are there.</summary>
    public static TheoryData<string> Here => [InMemory, .. ShippedComponents.Stores.Where(store => ShippedComponents.MissingVariable(store) is null)];

    /// <summary>The store of that name; tests share it, each with products of its own.</summary>
    internal async Task<IStateStore> OpenAsync(string name)
    {
        if (!_open.TryGetValue(name, out var store)) store = _open[name] = name == InMemory ? (new FakeStateStore(), null, null) : await StartAsync(name);
        return store.State;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var (_, app, sidecar) in _open.Values)
        {
            if (app is not null) await app.DisposeAsync();
            sidecar?.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task<(IStateStore State, WebApplication? App, ServerProcess? Sidecar)> StartAsync(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        var ports = LoopbackPorts.Free(2);
        // A server may have the data of earlier runs; the app id keeps them apart.
        RunFile.Write(folder, RunFile.CopyComponents(folder, ShippedComponents.On(name), [Path.GetFileName(_folder)]), "unused", [new RunFileApp(Path.GetFileName(_folder), null, ports[0], ports[1])]);
        var sidecar = RunFile.Run(folder);
        await sidecar.AnswersAsync(new Uri($"http://127.0.0.1:{ports[0].ToString(CultureInfo.InvariantCulture)}/v1.0/healthz/outbound"));
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("DAPR_GRPC_PORT", ports[1].ToString(CultureInfo.InvariantCulture))]);
        var app = builder.AddServiceDefaults().Build();
        return (app.Services.GetRequiredService<IStateStore>(), app, sidecar);
    }
}
