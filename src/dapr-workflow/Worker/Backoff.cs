namespace Dapr.Workflow.Worker;

/// <summary>Delays between attempts: 0.2 s doubling to 5 s, each spread by a quarter so that workers do not come back in step.</summary>
internal static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>The delay after the given number of failures in a row, from 1.</summary>
    public static TimeSpan After(int failures)
    {
        var delay = First * Math.Pow(2, Math.Clamp(failures - 1, 0, 10));
        if (delay > Longest) delay = Longest;
        return delay * (0.75 + (Random.Shared.NextDouble() / 4));
    }
}
