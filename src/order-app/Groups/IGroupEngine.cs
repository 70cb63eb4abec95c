using System.Collections.Immutable;

namespace OrderApp.Groups;

/// <summary>How a group's workflow is.</summary>
internal enum GroupState
{
    /// <summary>The engine did not say.</summary>
    Unknown = 1,

    /// <summary>It was started and has not ended.</summary>
    Active,

    /// <summary>It has ended, and everything was published.</summary>
    Completed,

    /// <summary>It failed or was terminated; nothing goes on.</summary>
    Broken,

    /// <summary>There is none: it was never started, or purged.</summary>
    Missing,
}

/// <summary>Starts, informs and removes the workflows of groups. The process boundary to the workflow engine.</summary>
internal interface IGroupEngine
{
    /// <summary>Starts a group; one that is there already is what was wanted. Gives up after 2 seconds.</summary>
    /// <exception cref="OrderInventory.ServiceDefaults.DependencyUnavailableException">Unknown; starting again is safe.</exception>
    Task StartAsync(string group, ImmutableArray<string> orders, CancellationToken cancellationToken);

    /// <summary>Tells a group something. False: there is no such workflow any more. Gives up after 10 seconds.</summary>
    /// <exception cref="OrderInventory.ServiceDefaults.DependencyUnavailableException">Unknown; telling it again is safe.</exception>
    Task<bool> RaiseAsync(string group, GroupSignal signal, CancellationToken cancellationToken);

    /// <summary>How the group's workflow is.</summary>
    Task<GroupState> StateAsync(string group, CancellationToken cancellationToken);

    /// <summary>Removes what a workflow that has ended left behind. False: it may still be there.</summary>
    Task<bool> PurgeAsync(string group, CancellationToken cancellationToken);
}
