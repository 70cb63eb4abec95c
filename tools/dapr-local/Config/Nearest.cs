namespace DaprLocal.Config;

/// <summary>Finds the known word that a misspelt one most likely meant.</summary>
internal static class Nearest
{
    /// <summary>The closest of <paramref name="known"/>, or null when none is close enough to be worth suggesting.</summary>
    public static string? Of(string word, IEnumerable<string> known)
    {
        var best = known
            .Select(candidate => (candidate, distance: Distance(word.ToUpperInvariant(), candidate.ToUpperInvariant())))
            .OrderBy(pair => pair.distance).ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.candidate is not null && best.distance <= Math.Max(word.Length < 4 ? 1 : 2, word.Length / 3) ? best.candidate : null;
    }

    /// <summary>" (did you mean 'x'?)", or the whole list when nothing is near.</summary>
    public static string Hint(string word, IReadOnlyCollection<string> known) => Of(word, known) is { } near
        ? $"; did you mean '{near}'?"
        : known.Count == 0 ? "; nothing is known here" : $"; known here: {string.Join(", ", known.Order(StringComparer.Ordinal))}";

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j - 1], row[j]) + 1);
            }
        }
        return row[b.Length];
    }
}
