using Dapr.TaskHub.Protos;
using Dapr.Workflow.Abstractions;
using Dapr.Workflow.Worker;

namespace Dapr.Workflow.Registration;

/// <summary>The workflows and activities of the app by name, without regard to case; the first registration of a name counts.</summary>
internal sealed class WorkflowRegistry
{
    private readonly Dictionary<string, Func<IServiceProvider, IWorkflow>> _workflows = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Func<IServiceProvider, IWorkflowActivity>> _activities = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _duplicates = [];

    public int WorkflowCount => _workflows.Count;

    public int ActivityCount => _activities.Count;

    public bool IsEmpty => _workflows.Count == 0 && _activities.Count == 0;

    /// <summary>The names of ignored registrations.</summary>
    public IReadOnlyList<string> Duplicates => _duplicates;

    public void AddWorkflow(string name, Func<IServiceProvider, IWorkflow> create)
    {
        if (!_workflows.TryAdd(name, create)) _duplicates.Add(name);
    }

    public void AddActivity(string name, Func<IServiceProvider, IWorkflowActivity> create)
    {
        if (!_activities.TryAdd(name, create)) _duplicates.Add(name);
    }

    /// <summary>Creates a workflow for one turn, or says why not.</summary>
    public IWorkflow? CreateWorkflow(string name, IServiceProvider services, out TaskFailureDetails? failure)
    {
        failure = null;
        if (string.IsNullOrEmpty(name))
        {
            failure = Failures.Create("WorkflowNameMissing", "Workflow name missing and no routable workflow could be resolved.");
        }
        else if (!_workflows.TryGetValue(name, out var create))
        {
            failure = Failures.Create("WorkflowNotFound", $"Workflow '{name}' is not registered in this app.");
        }
        else
        {
            try
            {
                return create(services);
            }
            catch (Exception e)
            {
                failure = Failures.From(e, nonRetriable: true, $"Workflow '{name}' failed to activate: {e.Message}");
            }
        }

        return null;
    }

    /// <summary>Creates an activity for one run, or says why not.</summary>
    public IWorkflowActivity? CreateActivity(string name, IServiceProvider services, out TaskFailureDetails? failure)
    {
        failure = null;
        if (!_activities.TryGetValue(name, out var create))
        {
            failure = Failures.Create("ActivityNotFoundException", $"Activity '{name}' not found", nonRetriable: false);
            return null;
        }

        try
        {
            return create(services);
        }
        catch (Exception e)
        {
            failure = Failures.From(e, nonRetriable: false, $"Activity '{name}' failed to activate: {e.Message}");
            return null;
        }
    }
}
