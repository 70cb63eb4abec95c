using System.Text.Json;

namespace DaprLocal.PubSub;

/// <summary>What becomes of a delivered event. <see cref="Refused"/> is a failure because nothing listened.</summary>
internal enum Outcome
{
    /// <summary>Worked.</summary>
    Success,

    /// <summary>Comes again.</summary>
    Retry,

    /// <summary>Never again; a dead letter if there is a topic for them.</summary>
    Drop,

    /// <summary>Never again, and no dead letter.</summary>
    Ignore,

    /// <summary>Comes again as soon as the app is there.</summary>
    Refused,
}

/// <summary>Reads answers of apps as recorded from daprd (golden/pubsub/delivery-matrix.json and bulk-subscribe.json).</summary>
internal static class AppAnswers
{
    /// <summary>The answer to a single delivery.</summary>
    public static Outcome Single(AppAnswer answer)
    {
        if (answer.IsRefused) return Outcome.Refused;
        if (answer.Status == 404) return Outcome.Drop;
        if (!answer.IsSuccess) return Outcome.Retry;
        if (answer.Body.Length == 0) return Outcome.Success;
        try
        {
            using var body = JsonDocument.Parse(answer.Body);
            if (Member(body.RootElement, "status") is not { ValueKind: JsonValueKind.String } status) return Outcome.Success;
            return status.GetString() switch
            {
                "" or "SUCCESS" => Outcome.Success,
                "DROP" => Outcome.Drop,
                _ => Outcome.Retry,
            };
        }
        catch (JsonException)
        {
            return Outcome.Success;
        }
    }

    /// <summary>The answer to a bulk delivery, for each of the entry ids.</summary>
    public static Outcome[] Bulk(AppAnswer answer, int[] entryIds)
    {
        var outcomes = new Outcome[entryIds.Length];
        Array.Fill(outcomes, answer.IsRefused ? Outcome.Refused : answer.Status == 404 ? Outcome.Ignore : Outcome.Retry);
        if (!answer.IsSuccess || answer.Body.Length == 0) return outcomes;
        try
        {
            using var body = JsonDocument.Parse(answer.Body);
            if (Member(body.RootElement, "statuses") is not { ValueKind: JsonValueKind.Array } statuses) return outcomes;
            foreach (var item in statuses.EnumerateArray())
            {
                if (Member(item, "entryId") is not { ValueKind: JsonValueKind.String } id || !int.TryParse(id.GetString(), out var number) || Array.IndexOf(entryIds, number) is not (>= 0 and var index)) continue;
                outcomes[index] = Member(item, "status") is { ValueKind: JsonValueKind.String } status
                    ? status.GetString() switch { "SUCCESS" => Outcome.Success, "DROP" => Outcome.Drop, _ => Outcome.Retry }
                    : Outcome.Retry;
            }
        }
        catch (JsonException)
        {
            // Every entry comes again.
        }

        return outcomes;
    }

    // Member names match in any case, as Go binds them.
    private static JsonElement? Member(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object) return null;
        foreach (var member in element.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return member.Value;
        }

        return null;
    }
}
