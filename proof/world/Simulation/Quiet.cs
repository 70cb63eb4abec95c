using System.Runtime.CompilerServices;

namespace OrderInventory.Proof.Simulation;

/// <summary>Waits until all code of the process that can go on has gone on.</summary>
internal static class Quiet
{
    /// <summary>Ends when the only thread of the pool has nothing else to do.</summary>
    public static async Task Async()
    {
        do await new Last();
        while (ThreadPool.PendingWorkItemCount > 0);
    }

    /// <summary>Goes on behind everything that is queued now.</summary>
    private readonly struct Last : INotifyCompletion
    {
        public bool IsCompleted => false;

        public Last GetAwaiter() => this;

        public void OnCompleted(Action continuation) => ThreadPool.UnsafeQueueUserWorkItem(static next => next(), continuation, preferLocal: false);

        public void GetResult()
        {
        }
    }
}
