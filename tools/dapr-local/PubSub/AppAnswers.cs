using System.Text.Json;
using DaprLocal.Api;

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
            return JsonSerializer.Deserialize<SingleAnswer>(answer.Body, JsonText.AnyCase)?.Status is not { ValueKind: JsonValueKind.String } status ? Outcome.Success
                : status.GetString() is "" ? Outcome.Success
                : OfWord(status);
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
            foreach (var entry in JsonSerializer.Deserialize<BulkAnswer>(answer.Body, JsonText.AnyCase)?.Statuses ?? [])
            {
                if (entry?.EntryId is { ValueKind: JsonValueKind.String } id && int.TryParse(id.GetString(), out var number) && Array.IndexOf(entryIds, number) is >= 0 and var index)
                    outcomes[index] = OfWord(entry.Status);
            }
        }
        catch (JsonException)
        {
            // Every entry comes again.
        }

        return outcomes;
    }

    private static Outcome OfWord(JsonElement? status) => status is { ValueKind: JsonValueKind.String } word
        ? word.GetString() switch { "SUCCESS" => Outcome.Success, "DROP" => Outcome.Drop, _ => Outcome.Retry }
        : Outcome.Retry;

    internal sealed record SingleAnswer(JsonElement? Status);

    internal sealed record BulkAnswer(List<BulkStatus?>? Statuses);

    internal sealed record BulkStatus(JsonElement? EntryId, JsonElement? Status);
}
