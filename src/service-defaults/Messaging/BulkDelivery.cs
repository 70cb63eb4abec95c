using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;

namespace OrderInventory.ServiceDefaults.Messaging;

/// <summary>One readable message of a bulk delivery.</summary>
/// <param name="EntryId">Names the entry in the answer.</param>
/// <param name="Event">The CloudEvent as delivered.</param>
/// <param name="Data">Its payload.</param>
public sealed record Delivered<T>(string EntryId, JsonElement Event, T Data)
{
    /// <summary>The span of handling it, in the trace of whoever published it; null when nobody listens.</summary>
    public Activity? Span { get; init; }
}

/// <summary>
/// Reads a bulk delivery of daprd and answers it entry by entry (every entry needs an explicit status). What can never
/// be handled goes to the dead letter topic with its reason; what fails now is asked for again.
/// </summary>
public sealed class BulkDelivery(IEventPublisher publisher, IMeterFactory meters, ILogger<BulkDelivery> logger)
{
    private readonly Counter<long> _deadLetters = meters.Create(ServiceDefaults.TelemetryName)
        .CreateCounter<long>("messages.dead_lettered.total", description: "Messages that went to a dead letter topic, by topic.");

    /// <summary>Messages that a bulk subscription may hand over at once.</summary>
    public const int MaxMessages = 100;

    /// <summary>How long the broker may wait to fill a batch, in milliseconds; it is added to the latency of an order.</summary>
    public const int MaxAwaitMilliseconds = 10;

    /// <summary>
    /// Handles the request. <paramref name="validate"/> returns why a payload can never be handled, or null;
    /// <paramref name="handle"/> returns the ids of the entries that are done.
    /// </summary>
    public async Task<JsonHttpResult<BulkStatuses>> HandleAsync<T>(
        HttpRequest request,
        string topic,
        JsonTypeInfo<T> json,
        Func<T, string?> validate,
        Func<IReadOnlyList<Delivered<T>>, CancellationToken, Task<IReadOnlySet<string>>> handle)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        using var body = await JsonDocument.ParseAsync(request.Body, cancellationToken: cancellationToken);
        var statuses = new List<BulkStatus>();
        var readable = new List<Delivered<T>>();
        foreach (var entry in body.RootElement.GetProperty("entries").EnumerateArray())
        {
            var entryId = entry.GetProperty("entryId").GetString()!;
            var cloudEvent = entry.TryGetProperty("event", out var found) ? found : default;
            var (data, reason) = Read(cloudEvent, json);
            reason ??= validate(data!);
            if (reason is null) readable.Add(new Delivered<T>(entryId, cloudEvent, data!) { Span = MessageSpan.Start(topic, cloudEvent) });
            else statuses.Add(new BulkStatus(entryId, await DeadLetterAsync(topic, cloudEvent.ValueKind == JsonValueKind.Undefined ? entry : cloudEvent, Key(entry), reason, cancellationToken) ? "SUCCESS" : "RETRY"));
        }

        IReadOnlySet<string> done = new HashSet<string>();
        try
        {
            done = await handle(readable, cancellationToken);
        }
        catch (DependencyUnavailableException error)
        {
            Log.Redelivered(logger, topic, error);
        }
        finally
        {
            foreach (var message in readable) MessageSpan.End(message.Span, done.Contains(message.EntryId));
        }

        statuses.AddRange(readable.Select(entry => new BulkStatus(entry.EntryId, done.Contains(entry.EntryId) ? "SUCCESS" : "RETRY")));
        return TypedResults.Json(new BulkStatuses(statuses), DeliveryJson.Default.BulkStatuses);
    }

    private static (T? Data, string? Reason) Read<T>(JsonElement cloudEvent, JsonTypeInfo<T> json)
    {
        if (cloudEvent.ValueKind != JsonValueKind.Object) return (default, "not a CloudEvent");
        if (!cloudEvent.TryGetProperty("data", out var data)) return (default, "the CloudEvent has no JSON data");
        try
        {
            return data.Deserialize(json) is { } value ? (value, null) : (default, "data is null");
        }
        catch (JsonException error)
        {
            return (default, $"data does not match the contract: {error.Message}");
        }
    }

    /// <summary>Parks a readable message that cannot be handled either. False: it may not be parked, so it must be delivered again.</summary>
    public Task<bool> DeadLetterAsync<T>(string topic, Delivered<T> message, string key, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return DeadLetterAsync(topic, message.Event, key, reason, cancellationToken);
    }

    private async Task<bool> DeadLetterAsync(string topic, JsonElement original, string? key, string reason, CancellationToken cancellationToken)
    {
        try
        {
            await publisher.DeadLetterAsync(topic, original, key, reason, cancellationToken);
        }
        catch (DependencyUnavailableException error)
        {
            Log.Redelivered(logger, topic, error);
            return false;
        }

        _deadLetters.Add(1, new KeyValuePair<string, object?>("topic", topic));
        Log.DeadLettered(logger, topic, reason);
        return true;
    }

    private static string? Key(JsonElement entry) =>
        entry.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty("__key", out var value) ? value.GetString() : null;
}

/// <summary>The answer to one entry: SUCCESS or RETRY.</summary>
public sealed record BulkStatus(string EntryId, string Status);

/// <summary>The answer to a bulk delivery.</summary>
public sealed record BulkStatuses(IReadOnlyList<BulkStatus> Statuses);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(BulkStatuses))]
internal sealed partial class DeliveryJson : JsonSerializerContext;
