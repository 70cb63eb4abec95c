using Dapr.Workflow.Registration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Worker;

/// <summary>Runs the registered workflows and activities while the app runs. The app starts and stays up without a sidecar.</summary>
internal sealed class WorkflowWorker(
    WorkflowRegistry registry,
    WorkItemStream stream,
    WorkDispatcher dispatcher,
    TimeProvider time,
    ILogger<WorkflowWorker> log) : BackgroundService
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var name in registry.Duplicates) log.DuplicateName(name);
        if (registry.IsEmpty)
        {
            // A stream would take work from the workers that can do it.
            log.ClientOnly();
            return;
        }

        dispatcher.ReopenStream = stream.Reopen;
        using var close = new CancellationTokenSource();
        Task reading;

        // Items must not inherit the ambient state of the start of the app.
        using (ExecutionContext.SuppressFlow()) reading = Task.Run(() => stream.RunAsync(dispatcher.Post, close.Token), CancellationToken.None);
        await Task.WhenAny(reading, Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken));

        // The stream stays open while answers go out: the sidecar sends the work of a closed stream again at once.
        await dispatcher.DrainAsync(DrainLimit);
        await close.CancelAsync();
        await reading;
    }
}
