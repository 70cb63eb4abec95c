namespace Dapr.Workflow;

/// <summary>Fan-out with a limit.</summary>
public static class ParallelExtensions
{
    /// <summary>Runs a task for each input, at most <paramref name="maxConcurrency"/> at a time.</summary>
    /// <typeparam name="TInput">The type of an input.</typeparam>
    /// <typeparam name="TResult">The type of a result.</typeparam>
    /// <param name="context">The context of the workflow.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="taskFactory">Starts the durable task of an input.</param>
    /// <param name="maxConcurrency">The limit; at least 1.</param>
    /// <returns>The results, in the order of the inputs.</returns>
    /// <exception cref="AggregateException">At the await, after all tasks ended: some of them failed.</exception>
    public static async Task<TResult[]> ProcessInParallelAsync<TInput, TResult>(
        this WorkflowContext context,
        IEnumerable<TInput> inputs,
        Func<TInput, Task<TResult>> taskFactory,
        int maxConcurrency = 5)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(taskFactory);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrency, 1);

        var all = new List<Task<TResult>>();
        var open = new List<Task<TResult>>();
        foreach (var input in inputs)
        {
            if (open.Count == maxConcurrency) open.Remove(await Task.WhenAny(open));
            var task = Start(input);
            all.Add(task);
            open.Add(task);
        }

        while (open.Count > 0) open.Remove(await Task.WhenAny(open));
        var failures = all.Where(static task => !task.IsCompletedSuccessfully)
            .Select(static task => task.Exception?.InnerException ?? new TaskCanceledException(task))
            .ToList();
        return failures.Count > 0 ? throw new AggregateException(failures) : [.. all.Select(static task => task.Result)];

        async Task<TResult> Start(TInput input) => await taskFactory(input);
    }
}
