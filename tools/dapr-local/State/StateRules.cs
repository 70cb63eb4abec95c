using System.Globalization;

namespace DaprLocal.State;

/// <summary>The checks of options and of seconds to live that stores share.</summary>
internal static class StateRules
{
    /// <summary>Refuses words in the options that have no meaning.</summary>
    public static void CheckOptions(StateOperation operation)
    {
        if (operation.Concurrency is not (null or "" or "first-write" or "last-write"))
            throw new StateStoreException($"unrecognized concurrency model '{operation.Concurrency}'");
        if (operation.Consistency is not (null or "" or "strong" or "eventual"))
            throw new StateStoreException($"unrecognized consistency model '{operation.Consistency}'");
    }

    /// <summary>What the SQL stores answer for several keys: those found once each, then the missing ones as often as they were asked for.</summary>
    public static IReadOnlyList<StateEntry> FoundFirst(Dictionary<string, StateRecord> found, IReadOnlyList<string> keys) =>
        [.. found.Select(pair => new StateEntry(pair.Key, pair.Value)), .. keys.Where(key => !found.ContainsKey(key)).Select(key => new StateEntry(key, null))];

    /// <summary>Seconds to live of a SQL store: null means for ever; what is not an int32 of -1 or more is refused.</summary>
    public static int? SqlTtl(string? ttl)
    {
        var seconds = RedisTtl(ttl);
        if (seconds is < -1 or > int.MaxValue) throw new StateStoreException($"'ttlInSeconds' must be -1 or a number of seconds, not '{ttl}'");
        return seconds > 0 ? (int)seconds : null;
    }

    /// <summary>Seconds to live on Redis: null keeps what the key has, 0 or less means for ever.</summary>
    public static long? RedisTtl(string? ttl) =>
        string.IsNullOrEmpty(ttl) ? null : TryParse(ttl, out var seconds) ? seconds : throw new StateStoreException($"'ttlInSeconds' must be a number of seconds, not '{ttl}'");

    /// <summary>A version of Redis, which is a number.</summary>
    public static long RedisETag(string etag) => TryParse(etag, out var version) ? version : throw new InvalidETagException($"'{etag}' is not a number");

    private static bool TryParse(string text, out long value) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
}
