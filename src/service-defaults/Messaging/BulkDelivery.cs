using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;
using OrderInventory.ServiceDefaults.Http;
using OrderInventory.ServiceDefaults.Repeats;

namespace OrderInventory.ServiceDefaults.Messaging;

/// <summary>One readable message of a bulk delivery.</summary>
/// <param name="EntryId">Names the entry in the answer.</param>
/// <param name="Event">The bytes of its CloudEvent as delivered.</param>
/// <param name="Data">Its payload.</param>
public sealed record Delivered<T>(string EntryId, ReadOnlyMemory<byte> Event, T Data)
{
    /// <summary>The span of handling it, in the trace of whoever published it; null when nobody listens.</summary>
    public Activity? Span { get; init; }
}

/// <summary>
/// Reads a bulk delivery of daprd and answers it entry by entry (every entry needs an explicit status). What can never
/// be handled goes to the dead letter topic with its reason; what fails now is asked for again.
/// </summary>
public sealed class BulkDelivery(IEventPublisher publisher, RepeatMemory repeats, IMeterFactory meters, ILogger<BulkDelivery> logger)
{
    private readonly Counter<long> _deadLetters = meters.Create(ServiceDefaults.TelemetryName)
        .CreateCounter<long>("messages.dead_lettered.total", description: "Messages that went to a dead letter topic, by topic.");

    /// <summary>Messages that a bulk subscription may hand over at once.</summary>
    public const int MaxMessages = 100;

    /// <summary>How long the broker may wait to fill a batch, in milliseconds; it is added to the latency of an order.</summary>
    public const int MaxAwaitMilliseconds = 50;

    /// <summary>
    /// Handles the request. <paramref name="validate"/> returns why a payload can never be handled, or null;
    /// <paramref name="handle"/> returns the ids of the entries that are done; <paramref name="about"/> says which order a payload is about, and the id of its message.
    /// </summary>
    public async Task<JsonHttpResult<BulkStatuses>> HandleAsync<T>(
        HttpRequest request,
        string topic,
        JsonTypeInfo<T> json,
        Func<T, string?> validate,
        Func<T, (string OrderId, string MessageId)> about,
        Func<IReadOnlyList<Delivered<T>>, CancellationToken, Task<IReadOnlySet<string>>> handle)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        using var body = new MemoryStream();
        await RequestBody.CopyToAsync(request, body);
        var statuses = new List<BulkStatus>();
        var readable = new List<Delivered<T>>();
        foreach (var entry in BulkEntry.Read(body.GetBuffer().AsMemory(0, (int)body.Length)))
        {
            var (message, reason) = Read(topic, entry, json, validate);
            if (message is not null) readable.Add(message);
            else statuses.Add(new BulkStatus(entry.EntryId, await DeadLetterAsync(topic, entry.Event, entry.Key, reason!, cancellationToken) ? "SUCCESS" : "RETRY"));
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
            foreach (var message in readable)
            {
                var (orderId, messageId) = about(message.Data);
                if (done.Contains(message.EntryId)) repeats.Done(orderId, topic, messageId);
                else repeats.Note(orderId, topic, messageId, RepeatKind.Failed);
            }
        }

        statuses.AddRange(readable.Select(entry => new BulkStatus(entry.EntryId, done.Contains(entry.EntryId) ? "SUCCESS" : "RETRY")));
        return TypedResults.Json(new BulkStatuses(statuses), DeliveryJson.Default.BulkStatuses);
    }

    // Each entry is parsed for itself, within bounds of its own: one that nobody can read is no reason to fail the others.
    private static (Delivered<T>? Message, string? Reason) Read<T>(string topic, BulkEntry entry, JsonTypeInfo<T> json, Func<T, string?> validate)
    {
        try
        {
            var cloudEvent = JsonElement.Parse(entry.Event.Span);
            if (cloudEvent.ValueKind != JsonValueKind.Object) return (null, "not a CloudEvent");
            if (!cloudEvent.TryGetProperty("data", out var data)) return (null, "the CloudEvent has no JSON data");
            if (data.Deserialize(json) is not { } value) return (null, "data is null");
            return validate(value) is { } refusal ? (null, refusal) : (new Delivered<T>(entry.EntryId, entry.Event, value) { Span = MessageSpan.Start(topic, cloudEvent) }, null);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return (null, $"the CloudEvent or its data does not match the contract: {error.Message}");
        }
    }

    /// <summary>Parks a readable message that cannot be handled either. False: it may not be parked, so it must be delivered again.</summary>
    public Task<bool> DeadLetterAsync<T>(string topic, Delivered<T> message, string key, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        return DeadLetterAsync(topic, message.Event, key, reason, cancellationToken);
    }

    private async Task<bool> DeadLetterAsync(string topic, ReadOnlyMemory<byte> original, string? key, string reason, CancellationToken cancellationToken)
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
}

/// <summary>The answer to one entry: SUCCESS or RETRY.</summary>
public sealed record BulkStatus(string EntryId, string Status);

/// <summary>The answer to a bulk delivery.</summary>
public sealed record BulkStatuses(IReadOnlyList<BulkStatus> Statuses);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(BulkStatuses))]
internal sealed partial class DeliveryJson : JsonSerializerContext;
