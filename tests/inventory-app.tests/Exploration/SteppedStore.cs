using System.Text;
using OrderInventory.ServiceDefaults;
using OrderInventory.ServiceDefaults.State;

namespace InventoryApp.Tests.Exploration;

/// <summary>A call of a process that has not happened yet, with everything that may become of it.</summary>
internal sealed class PendingCall(string name, IReadOnlyList<Step> regular, IReadOnlyList<Step> faults)
{
    public string Name => name;

    public IEnumerable<Step> Steps(bool withFaults) => withFaults ? regular.Concat(faults) : regular;
}

/// <summary>The store as one process sees it: each call is a step of the model.</summary>
internal sealed class SteppedStore(StockProcess process) : IStateStore
{
    private readonly ModelStore _store = process.Model.Store;

    public Task<StateEntry> GetAsync(string key, CancellationToken cancellationToken) =>
        Read("read " + key, () => _store.Get(key), entry => Text(entry));

    public Task<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        Read<IReadOnlyDictionary<string, StateEntry>>("read archive", () => keys.ToDictionary(key => key, _store.Get), entries => string.Concat(entries.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key + Text(pair.Value))));

    public Task<bool> SaveAsync(StateSave save, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<bool>();
        return Wait(answer, "save " + save.Key,
            [("done", () => Answer(answer, _store.Apply(save)))],
            [
                ("not done", () => Answer(answer, false)),
                ("done without answer", () => { _store.Apply(save); Answer(answer, false); }),
                ("done late", () => { process.Model.ApplyLate(save); Answer(answer, false); }),
                ("crash before", process.Start),
                ("crash after", () => { _store.Apply(save); process.Start(); }),
            ]);
    }

    public Task<bool> SaveManyAsync(IReadOnlyCollection<StateSave> saves, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<bool>();
        return Wait(answer, "archive",
            [("done", () => { Apply(saves); Answer(answer, true); })],
            [
                ("not done", () => Answer(answer, false)),
                ("half done", () => { Apply(saves.Take(saves.Count / 2)); Answer(answer, false); }),
                ("done without answer", () => { Apply(saves); Answer(answer, false); }),
                ("crash before", process.Start),
                ("crash half way", () => { Apply(saves.Take(saves.Count / 2)); process.Start(); }),
                ("crash after", () => { Apply(saves); process.Start(); }),
            ]);
    }

    private Task<T> Read<T>(string name, Func<T> read, Func<T, string> text)
    {
        var answer = new TaskCompletionSource<T>();
        return Wait(answer, name,
            [("done", () =>
            {
                var value = read();
                process.Saw(text(value));
                answer.SetResult(value);
            })],
            [
                ("failed", () => { process.Saw("failed"); answer.SetException(new DependencyUnavailableException("down")); }),
                ("crash", process.Start),
            ]);
    }

    // Answers continue the process at once, on this thread: when a step returns, the process waits for its next call.
    private Task<T> Wait<T>(TaskCompletionSource<T> answer, string name, (string Name, Action Take)[] regular, (string Name, Action Take)[] faults)
    {
        var full = $"{process.Name}: {name}";
        process.Call = new PendingCall(
            full,
            [.. regular.Select(step => new Step($"{full} {step.Name}", step.Take))],
            [.. faults.Select(step => new Step($"{full} {step.Name}", () =>
            {
                process.Model.SpendFault();
                step.Take();
            }))]);
        return answer.Task;
    }

    private void Answer(TaskCompletionSource<bool> answer, bool saved)
    {
        process.Saw(saved ? "saved" : "unknown");
        answer.SetResult(saved);
    }

    private void Apply(IEnumerable<StateSave> saves)
    {
        foreach (var save in saves) _store.Apply(save);
    }

    private static string Text(StateEntry entry) => entry.ETag + (entry.Value is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : "-");
}
