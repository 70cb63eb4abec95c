// Most of these tests wait for a server or a timer, not for the processor.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
