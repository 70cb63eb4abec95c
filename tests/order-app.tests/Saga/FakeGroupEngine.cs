using System.Collections.Immutable;
using Dapr.Workflow.Abstractions;
using OrderApp.Groups;
using OrderInventory.ServiceDefaults;

namespace OrderApp.Tests.Saga;

/// <summary>A workflow engine in this process that runs the real workflow and activity, and loses them when the test says so.</summary>
internal sealed class FakeGroupEngine(Func<string, IWorkflowActivity> activityOf, TimeProvider time) : IGroupEngine
{
    private readonly Dictionary<string, (SagaContext Context, Task<bool> Workflow)> _groups = [];

    /// <summary>True: nothing is answered, and nothing happens.</summary>
    public bool Down { get; set; }

    /// <summary>Calls that were not answered.</summary>
    public int Refused { get; private set; }

    /// <summary>What was started, in order.</summary>
    public List<(string Group, ImmutableArray<string> Orders)> Started { get; } = [];

    /// <summary>Groups whose workflow failed.</summary>
    public HashSet<string> Broken { get; } = [];

    public List<string> Purged { get; } = [];

    /// <summary>Activities that were called, with their call numbers.</summary>
    public IEnumerable<string> Called(string group) => _groups[group].Context.Called;

    /// <summary>The workflows that are there.</summary>
    public IReadOnlyCollection<string> Present => _groups.Keys;

    /// <summary>The workflow disappears, whatever it was about to do.</summary>
    public void Lose(string group) => _groups.Remove(group);

    public async Task StartAsync(string group, ImmutableArray<string> orders, CancellationToken cancellationToken)
    {
        ThrowIfDown();
        Started.Add((group, orders));
        if (_groups.ContainsKey(group)) return;
        var context = new SagaContext(group, activityOf, time);
        _groups[group] = (context, Task.FromResult(false));
        await context.GoAsync(() => _groups[group] = (context, new OrderGroupWorkflow().RunAsync(context, new OrderGroup(orders))));
    }

    public async Task<bool> RaiseAsync(string group, GroupSignal signal, CancellationToken cancellationToken)
    {
        ThrowIfDown();
        if (!_groups.TryGetValue(group, out var known)) return false;
        if (!known.Workflow.IsCompleted && !Broken.Contains(group)) await known.Context.RaiseAsync(signal);
        return true;
    }

    public Task<GroupState> StateAsync(string group, CancellationToken cancellationToken) => Task.FromResult(
        Down ? GroupState.Unknown
        : !_groups.TryGetValue(group, out var known) ? GroupState.Missing
        : Broken.Contains(group) || known.Workflow.IsFaulted ? GroupState.Broken
        : known.Workflow.IsCompleted ? GroupState.Completed : GroupState.Active);

    public Task<bool> PurgeAsync(string group, CancellationToken cancellationToken)
    {
        if (Down) return Task.FromResult(false);
        Purged.Add(group);
        _groups.Remove(group);
        return Task.FromResult(true);
    }

    private void ThrowIfDown()
    {
        if (!Down) return;
        Refused++;
        throw new DependencyUnavailableException("down");
    }
}
