using System.Text;
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

    public Task<StateEntry> GetAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException("The protocol reads in bulk.");

    public Task<bool> SaveAsync(StateSave save, CancellationToken cancellationToken) => throw new NotSupportedException("The protocol saves in bulk.");

    public Task<bool> DeleteAsync(string key, string etag, CancellationToken cancellationToken) => throw new NotSupportedException("The protocol deletes nothing.");

    public Task<IReadOnlyDictionary<string, StateEntry>> GetManyAsync(IReadOnlyCollection<string> keys, int maxBytes, CancellationToken cancellationToken) => Read<IReadOnlyDictionary<string, StateEntry>>(
        "read " + (IsDocument(keys.First()) ? string.Join('+', keys) : "archive"),
        () => keys.ToDictionary(key => key, _store.Get),
        failed => keys.Select((key, i) => (key, i)).ToDictionary(pair => pair.key, pair => pair.i < failed ? StateEntry.Unreadable(new InvalidOperationException("down")) : _store.Get(pair.key)),
        keys.Count,
        entries => string.Concat(entries.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key + Text(pair.Value))));

    public Task<bool> SaveManyAsync(IReadOnlyCollection<StateSave> saves, CancellationToken cancellationToken) =>
        IsDocument(saves.First().Key) ? SaveDocumentsAsync(saves) : ArchiveAsync(saves);

    private static bool IsDocument(string key) => key.StartsWith("stock:", StringComparison.Ordinal);

    private Task<bool> SaveDocumentsAsync(IReadOnlyCollection<StateSave> saves)
    {
        var answer = new TaskCompletionSource<bool>();
        List<(string, Action)> faults =
        [
            ("not done", () => Answer(answer, false)),
            ("done without answer", () => { Apply(saves); Answer(answer, false); }),
            ("done late", () => { foreach (var save in saves) process.Model.ApplyLate(save); Answer(answer, false); }),
            ("crash before", process.Start),
            ("crash after", () => { Apply(saves); process.Start(); }),
        ];
        if (saves.Count > 1)
        {
            faults.Add(("half done", () => { Apply(saves.Take(saves.Count / 2)); Answer(answer, false); }));
            faults.Add(("other half done", () => { Apply(saves.Skip(saves.Count / 2)); Answer(answer, false); }));
            faults.Add(("crash half way", () => { Apply(saves.Take(saves.Count / 2)); process.Start(); }));
        }

        // The items are saved side by side, each on its own: one that loses its race does not keep the others from being stored.
        return Wait(answer, "save " + string.Join('+', saves.Select(save => save.Key)), [("done", () => Answer(answer, Apply(saves)))], [.. faults]);
    }

    private Task<bool> ArchiveAsync(IReadOnlyCollection<StateSave> saves)
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

    private Task<T> Read<T>(string name, Func<T> read, Func<int, T> readWithout, int keys, Func<T, string> text)
    {
        var answer = new TaskCompletionSource<T>();
        List<(string, Action)> faults =
        [
            ("failed", () => { process.Saw("failed"); answer.SetResult(readWithout(keys)); }),
            ("crash", process.Start),
        ];
        // Single keys of the archive change nothing beside what all of them do: they are about one product each.
        if (keys > 1 && name != "read archive") faults.Add(("failed in part", FailInPart));
        return Wait(answer, name,
            [("done", () =>
            {
                var value = read();
                process.Saw(text(value));
                answer.SetResult(value);
            })],
            [.. faults]);

        void FailInPart()
        {
            process.Saw("failed in part" + text(read()));
            answer.SetResult(readWithout(1));
        }
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

    private bool Apply(IEnumerable<StateSave> saves) => saves.Select(_store.Apply).ToArray().All(applied => applied);

    private static string Text(StateEntry entry) => entry.ETag + (entry.Value is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : "-");
}
