using System.Globalization;
using DaprLocal.Config;
using DaprLocal.Sidecars;
using DaprLocal.State;

namespace OrderInventory.Proof.Simulation;

/// <summary>
/// The kind of state store that the worlds of this process have: in memory, or dapr-local's own store on SQLite, PostgreSQL
/// or Redis, each of which plays the recordings of the real daprd for its kind (tests/dapr-local.tests/golden). Worlds on one server
/// have keys of their own, and leave them there.
/// </summary>
internal sealed class StoreProfile : IAsyncDisposable
{
    private const string InMemory = "in-memory";
    private const string Sqlite = "sqlite";

    private static StoreProfile? _current;

    private readonly string _run;
    private readonly string? _folder;
    private readonly CurrentClock _clock = new();
    private IStateStore? _store;
    private int _worlds;

    private StoreProfile(string run, string? folder) => (_run, _folder) = (run, folder);

    /// <summary>The kinds, the usual one first.</summary>
    public static IReadOnlyList<string> Names { get; } = [InMemory, Sqlite, "postgresql", "redis"];

    /// <summary>The variable that says where the server of a kind is, when it has to be set and is not; otherwise null.</summary>
    public static string? MissingVariable(string name) => Variable(name) is { } variable && Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } ? variable : null;

    /// <summary>Lets all worlds from now on have that kind of store; dispose to end it.</summary>
    public static async Task<StoreProfile> UseAsync(string name, TimeProvider time)
    {
        var profile = new StoreProfile(
            string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow().Ticks:x}-{Environment.ProcessId}"),
            name == Sqlite ? Directory.CreateTempSubdirectory("oi-proof-").FullName : null);
        if (name != InMemory)
        {
            var server = Variable(name) is { } variable ? Environment.GetEnvironmentVariable(variable)! : Path.Combine(profile._folder!, "state.db");
            var manifest = new ComponentManifest("statestore", "state." + name, name == "postgresql" ? "v2" : "v1", new Dictionary<string, string> { [name == "redis" ? "redisHost" : "connectionString"] = server }, [], new SourcePosition("--store " + name, 1));
            profile._store = await StateStores.OpenAsync(manifest, profile._folder ?? Path.GetTempPath(), profile._clock, CancellationToken.None);
        }

        return _current = profile;
    }

    /// <summary>The store of a new world with that clock, and what its keys begin with.</summary>
    public static (IStateStore Store, string Prefix) New(TimeProvider clock)
    {
        if (_current is not { _store: { } shared } profile) return (new MemoryStore(clock), "");
        profile._clock.World = clock;
        return (shared, string.Create(CultureInfo.InvariantCulture, $"{profile._run}-{profile._worlds++}-"));
    }

    public async ValueTask DisposeAsync()
    {
        _current = null;
        if (_store is not null) await _store.DisposeAsync();
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
    }

    private static string? Variable(string name) => name switch { "postgresql" => "OI_POSTGRES", "redis" => "OI_REDIS", _ => null };

    /// <summary>The clock of the newest world; there is one at a time.</summary>
    private sealed class CurrentClock : TimeProvider
    {
        public TimeProvider World { get; set; } = System;

        public override DateTimeOffset GetUtcNow() => World.GetUtcNow();
    }
}
