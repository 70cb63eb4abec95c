// They wait for most of their time: for what a page shows next, or until something gives up.
[assembly: CollectionBehavior(MaxParallelThreads = 8)]
