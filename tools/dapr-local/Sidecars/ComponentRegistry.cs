using System.Collections.Concurrent;
using Confluent.Kafka;
using DaprLocal.Api;
using DaprLocal.Config;
using DaprLocal.Http;
using DaprLocal.PubSub;
using DaprLocal.State;
using DaprLocal.Workflows;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DaprLocal.Sidecars;

/// <summary>
/// What the sidecars of one process share: the components, each opened once, the workflows of each app, and the addresses of the
/// apps behind them.
/// </summary>
internal sealed class ComponentRegistry : IAsyncDisposable
{
    private static readonly TimeSpan DefaultBackOff = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DefaultRetention = TimeSpan.FromDays(7);
    private readonly Dictionary<string, FreezableStore> _stores = [];
    private readonly Dictionary<string, IBroker> _brokers = [];
    private readonly Dictionary<string, (SqliteBroker Broker, int Partitions, TimeSpan Retention)> _files = [];
    private readonly Dictionary<string, WorkflowEngine> _workflows = [];

    private ComponentRegistry()
    {
    }

    /// <summary>Apps of this process that can be invoked.</summary>
    public ConcurrentDictionary<string, AppAddress> Apps { get; } = new();

    /// <summary>Opens every component; types other than <c>state.*</c> and <c>pubsub.*</c> of this program are refused.</summary>
    /// <exception cref="ConfigurationException">An unknown type, a missing or senseless setting, two components of one name, or a file that cannot be opened.</exception>
    public static async Task<ComponentRegistry> OpenAsync(IReadOnlyList<ComponentManifest> components, string dataDirectory, TimeProvider time, ILoggerFactory loggers, CancellationToken ct)
    {
        var registry = new ComponentRegistry();
        try
        {
            Directory.CreateDirectory(dataDirectory);
            foreach (var manifest in components)
            {
                ct.ThrowIfCancellationRequested();
                await registry.OpenAsync(manifest, dataDirectory, time, loggers.CreateLogger("DaprLocal.PubSub"), ct);
            }

            return registry;
        }
        catch
        {
            await registry.DisposeAsync();
            throw;
        }
    }

    /// <summary>The state stores that an app sees, by name, each with the app's own keys.</summary>
    public IReadOnlyDictionary<string, StateComponent> StatesOf(SidecarOptions options) => Visible(options)
        .Where(manifest => _stores.ContainsKey(manifest.Name))
        .ToDictionary(manifest => manifest.Name, manifest => new StateComponent(manifest.Name, _stores[manifest.Name], options.AppId + StateComponent.Separator) { Costs = options.Costs });

    /// <summary>The brokers that an app sees, by name.</summary>
    public IReadOnlyDictionary<string, PubSubComponent> PubSubsOf(SidecarOptions options) => Visible(options)
        .Where(manifest => _brokers.ContainsKey(manifest.Name))
        .ToDictionary(manifest => manifest.Name, manifest =>
        {
            var settings = new ComponentSettings(manifest);
            var group = settings.Text("consumerGroup", options.AppId);
            return new PubSubComponent(manifest.Name, _brokers[manifest.Name], group, settings.Duration("backOffDuration", DefaultBackOff), new TopicScopes(options.AppId, manifest.Metadata)) { Costs = options.Costs };
        });

    /// <summary>Every operation on a state store waits until <paramref name="open"/> ends.</summary>
    public void Freeze(Task open)
    {
        foreach (var store in _stores.Values) store.Freeze(open);
    }

    /// <summary>The components that an app sees, for its metadata.</summary>
    public IReadOnlyList<ComponentInfo> InfosOf(SidecarOptions options) =>
        [.. Visible(options).OrderBy(manifest => manifest.Name, StringComparer.Ordinal).Select(manifest => new ComponentInfo(manifest.Name, manifest.Type, manifest.Version, _stores.TryGetValue(manifest.Name, out var store) ? store.Capabilities : []))];

    /// <summary>The file of an app's workflows in the data folder.</summary>
    public static string WorkflowFile(string appId) => $"workflows/{appId}.db";

    /// <summary>The workflows of an app, which all its replicas run.</summary>
    /// <exception cref="SqliteException">The file below <paramref name="dataDirectory"/> cannot be opened.</exception>
    public async Task<WorkflowEngine> WorkflowsOfAsync(SidecarOptions options, string dataDirectory, TimeProvider time, ILoggerFactory loggers, CancellationToken ct)
    {
        if (!_workflows.TryGetValue(options.AppId, out var workflows))
            _workflows[options.AppId] = workflows = await WorkflowEngine.OpenAsync(options, Path.Combine(dataDirectory, WorkflowFile(options.AppId)), time, loggers.CreateLogger("DaprLocal.Workflows." + options.AppId), ct);
        return workflows;
    }

    /// <summary>Closes the workflows of an app, unless they are already.</summary>
    public async Task CloseWorkflowsAsync(string appId)
    {
        if (_workflows.Remove(appId, out var workflows)) await workflows.DisposeAsync();
    }

    /// <summary>Closes everything; what was accepted is on disk.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var workflows in _workflows.Values) await workflows.DisposeAsync();
        foreach (var store in _stores.Values) await store.DisposeAsync();
        foreach (var broker in _brokers.Values.Distinct()) await broker.DisposeAsync();
    }

    private IEnumerable<ComponentManifest> Visible(SidecarOptions options) =>
        options.Components.Where(manifest => manifest.IsVisibleTo(options.AppId) && (_stores.ContainsKey(manifest.Name) || _brokers.ContainsKey(manifest.Name)));

    private async Task OpenAsync(ComponentManifest manifest, string dataDirectory, TimeProvider time, ILogger log, CancellationToken ct)
    {
        var settings = new ComponentSettings(manifest);
        if (_stores.ContainsKey(manifest.Name) || _brokers.ContainsKey(manifest.Name)) throw settings.Wrong($"there are two components '{manifest.Name}'");
        try
        {
            switch (manifest.Type)
            {
                case var type when StateStores.Types.Contains(type):
                    _stores[manifest.Name] = new FreezableStore(await StateStores.OpenAsync(manifest, dataDirectory, time, ct));
                    break;
                case "pubsub.sqlite":
                    _brokers[manifest.Name] = OpenSqlite(settings, dataDirectory, time, log);
                    break;
                case "pubsub.kafka":
                    _brokers[manifest.Name] = await OpenKafkaAsync(manifest.Name, settings, log);
                    break;
                default:
                    throw settings.Wrong($"component '{manifest.Name}' is of type '{manifest.Type}'; dapr-local knows {string.Join(", ", StateStores.Types)}, pubsub.kafka and pubsub.sqlite");
            }
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            // SQLite's own words do not tell that it is the disk.
            var remedy = error is SqliteException { SqliteErrorCode: raw.SQLITE_IOERR or raw.SQLITE_FULL } ? "; the disk may be full: make room, or give another data folder with --data DIR" : "";
            throw settings.Wrong($"component '{manifest.Name}' cannot be opened: {error.Message.TrimEnd('.')}{remedy}");
        }
    }

    private static async Task<KafkaBroker> OpenKafkaAsync(string name, ComponentSettings settings, ILogger log)
    {
        var kafka = new KafkaSettings(settings);
        try
        {
            return await KafkaBroker.OpenAsync(kafka, ConnectLimit, log);
        }
        catch (Exception error) when (error is KafkaException or InvalidOperationException)
        {
            throw settings.Wrong($"component '{name}' cannot be opened: no Kafka server lets it in at {kafka.Brokers} ({error.Message}); start it, or correct the metadata 'brokers' or those of authType");
        }
    }

    // Components of several apps that name one file are one broker, as components that name one Kafka are.
    private SqliteBroker OpenSqlite(ComponentSettings settings, string dataDirectory, TimeProvider time, ILogger log)
    {
        settings.AllowOnly(["connectionString", "partitions", "retention", "consumerGroup", "backOffDuration", .. TopicScopes.Known]);
        var (path, partitions, retention) = (settings.FilePath("connectionString", dataDirectory), settings.Number("partitions", 12, 1, 256), settings.Duration("retention", DefaultRetention));
        if (!_files.TryGetValue(path, out var file)) _files[path] = file = (SqliteBroker.Open(path, partitions, retention, time, log), partitions, retention);
        return (file.Partitions, file.Retention) == (partitions, retention)
            ? file.Broker
            : throw settings.Wrong($"another component has the same file with {file.Partitions} partitions and a retention of {file.Retention}; give both the same");
    }
}
