namespace DaprLocal.PubSub;

/// <summary>
/// Settings of a broker. <paramref name="Partitions"/> is for topics that are new; <paramref name="Retention"/> is how
/// long records are kept, read or not; <paramref name="FromNewest"/> lets a new group skip what is there.
/// </summary>
internal sealed record BrokerOptions(int Partitions, TimeSpan Retention, bool FromNewest);
