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
        if (string.IsNullOrEmpty(ttl)) return null;
        const string Wrong = "error parsing TTL: incorrect value for metadata 'ttlInSeconds': ";
        if (!TryParse(ttl, out var seconds, out var problem)) throw new StateStoreException($"{Wrong}strconv.ParseInt: {problem}");
        if (seconds is < -1 or > int.MaxValue) throw new StateStoreException($"{Wrong}must be -1 or greater");
        return seconds <= 0 ? null : (int)seconds;
    }

    /// <summary>Seconds to live of the in-memory store: null means for ever.</summary>
    public static long? MemoryTtl(string? ttl)
    {
        if (string.IsNullOrEmpty(ttl)) return null;
        if (!TryParse(ttl, out var seconds, out var problem)) throw new StateStoreException($"strconv.Atoi: {problem}");
        return seconds <= 0 ? null : seconds;
    }

    /// <summary>Seconds to live on Redis: null keeps what the key has, 0 or less means for ever.</summary>
    public static long? RedisTtl(string? ttl)
    {
        if (string.IsNullOrEmpty(ttl)) return null;
        return TryParse(ttl, out var seconds, out var problem) ? seconds : throw new StateStoreException($"failed to parse ttl from metadata: strconv.ParseInt: {problem}");
    }

    /// <summary>A version of Redis, which is a number.</summary>
    public static long RedisETag(string etag) => TryParse(etag, out var version, out var problem) ? version : throw new InvalidETagException($"strconv.Atoi: {problem}");

    private static bool TryParse(string text, out long value, out string problem)
    {
        problem = "";
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)) return true;
        var digits = text.AsSpan().TrimStart("+-");
        var outOfRange = digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9') && text.Length - digits.Length <= 1;
        problem = $"parsing {Quote(text)}: {(outOfRange ? "value out of range" : "invalid syntax")}";
        return false;
    }

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
